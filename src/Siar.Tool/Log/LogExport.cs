using System.Text.Encodings.Web;
using System.Text.Json;
using Siar.Hub;
using Siar.Storage.Sqlite;

namespace Siar.Tool;

/// <summary><c>siar log export</c>: every event as a line of JSON.</summary>
internal static class LogExport
{
    private static readonly JsonWriterOptions Options = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    public static int Run(string file)
    {
        var output = StandardOutput.OpenBuffered();
        try
        {
            using var json = new Utf8JsonWriter(Stream.Null, Options);
            foreach (var logged in SqliteLogFile.Read(file)) Write(logged, json, output);
        }
        catch (SqliteLogException failure)
        {
            // What comes before a damaged event stands; that the log is damaged counts although nobody reads on.
            return StandardOutput.Report(LogRun.Fail("export", failure), output.Flush);
        }

        output.Flush();
        return ExitCode.Ok;
    }

    /// <summary>Writes one event, in the form of the HTTP API, with what only its publisher said.</summary>
    internal static void Write(LoggedEvent logged, Utf8JsonWriter json, Stream output)
    {
        var content = logged.Content;
        json.Reset(output);
        json.WriteStartObject();
        json.WriteString("id"u8, logged.Id.Value);
        json.WriteStartArray("topics"u8);
        foreach (var topic in content.Topics) json.WriteStringValue(topic.Value);
        json.WriteEndArray();
        if (!content.Type.IsNone) json.WriteString("type"u8, content.Type.Value);
        if (content.RetryMilliseconds is { } retry) json.WriteNumber("retry"u8, retry);
        if (content.IsPrivate) json.WriteBoolean("private"u8, true);
        if (content.Key is { } key) json.WriteString("key"u8, key);
        json.WriteString("data"u8, content.Data.Span);
        json.WriteString("time"u8, logged.Time.UtcDateTime);
        json.WriteEndObject();
        json.Flush();
        output.WriteByte((byte)'\n');
    }
}
