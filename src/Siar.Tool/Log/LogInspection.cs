using System.Globalization;
using System.Text.Json.Nodes;
using Siar.Storage.Sqlite;

namespace Siar.Tool;

/// <summary><c>siar log inspect</c>: what is in a log.</summary>
internal static class LogInspection
{
    public static int Run(string file, int topics, bool isJson, TextWriter output)
    {
        var summary = SqliteLogFile.Inspect(file, topics);
        if (isJson) output.WriteLine(JsonText.Of(ToJson(summary)));
        else Write(summary, output);
        return ExitCode.Ok;
    }

    private static void Write(LogSummary log, TextWriter output)
    {
        output.WriteLine($"log     {log.Path}");
        output.WriteLine($"size    {Sizes.Of(log.FileBytes)}, schema {log.SchemaVersion}");
        output.WriteLine($"events  {log.Events:N0} on {log.Topics:N0} topics, {Sizes.Of(log.Bytes)} of data");
        WriteEvent("oldest", log.Oldest, output);
        WriteEvent("newest", log.Newest, output);
        foreach (var epoch in log.Epochs)
            output.WriteLine($"epoch   {epoch.Name}: positions after {epoch.After:N0}{(epoch.Through is { } end ? $", ended at {end:N0}" : ", now")}");
        foreach (var kept in log.Classes)
            output.WriteLine($"class   {(kept.Prefix.Length == 0 ? "all other topics" : $"'{kept.Prefix}'")}: {(kept.Trimmed == 0 ? "nothing dropped" : $"dropped up to position {kept.Trimmed:N0}")}");
        if (log.Largest.IsEmpty) return;
        output.WriteLine();
        output.WriteLine($"{"events",12} {"oldest",12} {"newest",12}  topic");
        foreach (var topic in log.Largest) output.WriteLine($"{topic.Events,12:N0} {topic.Oldest,12:N0} {topic.Newest,12:N0}  {topic.Topic.Value}");
        if (log.Topics > log.Largest.Length) output.WriteLine($"{"",38}  and {log.Topics - log.Largest.Length:N0} more");
    }

    private static void WriteEvent(string name, EventSummary? found, TextWriter output) => output.WriteLine(found is { } known
        ? string.Create(CultureInfo.InvariantCulture, $"{name}  {known.Time.UtcDateTime:yyyy-MM-dd HH:mm:ss} UTC, position {known.Position:N0}")
        : $"{name}  none");

    private static JsonObject ToJson(LogSummary log) => new()
    {
        ["path"] = log.Path,
        ["fileBytes"] = log.FileBytes,
        ["schemaVersion"] = log.SchemaVersion,
        ["head"] = log.Head,
        ["events"] = log.Events,
        ["bytes"] = log.Bytes,
        ["topics"] = log.Topics,
        ["oldest"] = ToJson(log.Oldest),
        ["newest"] = ToJson(log.Newest),
        ["epochs"] = new JsonArray([.. log.Epochs.Select(e => new JsonObject { ["name"] = e.Name.Value, ["after"] = e.After, ["through"] = e.Through })]),
        ["classes"] = new JsonArray([.. log.Classes.Select(c => new JsonObject { ["prefix"] = c.Prefix, ["trimmed"] = c.Trimmed })]),
        ["largest"] = new JsonArray(
        [
            .. log.Largest.Select(t => new JsonObject { ["topic"] = t.Topic.Value, ["events"] = t.Events, ["oldest"] = t.Oldest, ["newest"] = t.Newest }),
        ]),
    };

    private static JsonObject? ToJson(EventSummary? found) => found is { } known ? new JsonObject { ["position"] = known.Position, ["time"] = known.Time.UtcDateTime } : null;
}
