using System.Text.Json.Nodes;
using Siar.Storage.Sqlite;

namespace Siar.Tool;

/// <summary><c>siar log verify</c>: whether a log is as it was written.</summary>
internal static class LogVerification
{
    public static int Run(string file, bool isJson, TextWriter output)
    {
        var verdict = SqliteLogFile.Verify(file);
        return StandardOutput.Report(verdict.IsSound ? ExitCode.Ok : ExitCode.Damaged, () =>
        {
            if (isJson) output.WriteLine(JsonText.Of(ToJson(verdict)));
            else Write(verdict, output);
        });
    }

    private static void Write(LogVerdict verdict, TextWriter output)
    {
        foreach (var problem in verdict.Problems) output.WriteLine(problem);
        output.WriteLine(verdict.IsSound
            ? $"sound: {verdict.Events:N0} events, each as it was appended"
            : $"damaged: {verdict.Events:N0} events are as they were appended; put a backup back, or what can be read of this file, by 'siar log restore'");
        if (!verdict.IsComplete) output.WriteLine("A hub has the log open: its files were looked at only as its readers see them.");
    }

    private static JsonObject ToJson(LogVerdict verdict) => new()
    {
        ["sound"] = verdict.IsSound,
        ["events"] = verdict.Events,
        ["complete"] = verdict.IsComplete,
        ["problems"] = new JsonArray([.. verdict.Problems.Select(p => (JsonNode)p)]),
    };
}
