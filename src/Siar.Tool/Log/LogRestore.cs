using System.Text.Json.Nodes;
using Siar.Storage.Sqlite;

namespace Siar.Tool;

/// <summary><c>siar log restore</c>: a backup, or what can be read of a damaged log, in the log's place.</summary>
internal static class LogRestore
{
    public static int Run(string source, string file, bool isJson, TextWriter output)
    {
        var restoration = SqliteLogFile.Restore(source, file, TimeProvider.System);
        return StandardOutput.Report(restoration.Lost.IsEmpty && !restoration.IsCutOff ? ExitCode.Ok : ExitCode.Damaged, () =>
        {
            if (isJson) output.WriteLine(JsonText.Of(ToJson(restoration)));
            else Write(restoration, file, output);
        });
    }

    private static void Write(LogRestoration restoration, string file, TextWriter output)
    {
        output.WriteLine($"{Path.GetFullPath(file)} has {restoration.Events:N0} events, up to position {restoration.Head:N0}, and begins the epoch {restoration.Epoch}.");
        foreach (var lost in restoration.Lost) output.WriteLine($"lost: what was at the positions {lost.From:N0} to {lost.Through:N0}, which cannot be read");
        if (restoration.IsCutOff) output.WriteLine($"lost: what was after position {restoration.Head:N0}, which cannot be read");
        if (restoration.PutAside is { } aside) output.WriteLine($"The file that stood there is now {aside}.");
    }

    private static JsonObject ToJson(LogRestoration restoration) => new()
    {
        ["events"] = restoration.Events,
        ["head"] = restoration.Head,
        ["epoch"] = restoration.Epoch.Value,
        ["lost"] = new JsonArray([.. restoration.Lost.Select(l => new JsonObject { ["from"] = l.From, ["through"] = l.Through })]),
        ["cutOff"] = restoration.IsCutOff,
        ["putAside"] = restoration.PutAside,
    };
}
