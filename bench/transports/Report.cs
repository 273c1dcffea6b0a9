using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Siar.Bench.Load;
using Siar.Bench.Load.Reports;
using Siar.Bench.Load.Runs;

namespace Siar.Bench.Transports;

/// <summary>Puts a run together: a page of tables, charts of the largest number of clients, and everything raw.</summary>
internal static class Report
{
    private static readonly JsonSerializerOptions Indented = new() { WriteIndented = true };

    private static readonly Measure[] All =
    [
        new("memory", "KiB a connection", "kiB", "F2"), new("idle CPU", "us a connection and second", "idleMicroseconds", "F2"), new("idle bytes", "a connection and second", "idleBytes"),
        new("CPU an event", "us a delivery", "microseconds"), new("bytes an event", "both ways", "bytes", "F0"), new("p50", "ms", "p50"), new("p99", "ms", "p99"),
        new("load's own CPU", "us a delivery", "loadMicroseconds"),
    ];

    private static readonly string[] Charted = ["kiB", "microseconds", "bytes", "p99"];

    public static async Task<string> WriteAsync(IReadOnlyList<RunResult> results, int seconds, DirectoryInfo folder, string name)
    {
        var beside = folder.CreateSubdirectory(name);
        var page = new StringBuilder();
        page.AppendLine($"# Transports: {name}").AppendLine();
        page.AppendLine($"{Machine.Describe()}. Server on one core, load on the other, loopback. Load average before: {results.Min(r => r.LoadAverage):F1} to {results.Max(r => r.LoadAverage):F1}, the runs before among it.");
        page.AppendLine($"One application serves all; it is started anew for each row. Idle for {seconds} s, in which every connection that pushes shows once that it lives (a comment, a pong, an empty answer); then {seconds} events of 100 bytes, one a second.");
        page.AppendLine("How to read and repeat this: [bench/README.md](../README.md#transports).").AppendLine();
        foreach (var group in results.GroupBy(r => r.Scenario)) AddTable(page, [.. group]);
        var most = results.Where(r => r.Figures is not null).GroupBy(r => r.Scenario).MaxBy(g => int.Parse(g.Key))?.ToList() ?? [];
        foreach (var measure in All.Where(m => most.Count > 0 && Charted.Contains(m.Path)))
        {
            var rows = most.ConvertAll(r => (Transport.Find(r.Contender)!.Title, Sample.Of([r.Figure(measure.Path)])!.Value));
            await File.WriteAllTextAsync(Path.Combine(beside.FullName, measure.Path + ".svg"), BarChart.Draw($"{int.Parse(most[0].Scenario):N0} clients, one event a second", measure, rows));
            page.AppendLine($"![{measure.Title}]({beside.Name}/{measure.Path}.svg)").AppendLine();
        }

        await File.WriteAllTextAsync(Path.Combine(beside.FullName, "raw.json"), new JsonArray([.. results.Select(r => r.ToJson())]).ToJsonString(Indented) + "\n");
        var path = Path.Combine(folder.FullName, name + ".md");
        await File.WriteAllTextAsync(path, page.ToString().TrimEnd() + "\n");
        return path;
    }

    private static void AddTable(StringBuilder page, List<RunResult> rows)
    {
        page.AppendLine($"## {int.Parse(rows[0].Scenario):N0} clients").AppendLine();
        page.AppendLine($"| | {string.Join(" | ", All.Select(m => $"{m.Title}, {m.Unit}"))} |");
        page.AppendLine($"|---|{string.Concat(Enumerable.Repeat("---:|", All.Length))}");
        foreach (var row in rows)
            page.AppendLine($"| {Transport.Find(row.Contender)!.Title} | {string.Join(" | ", All.Select(m => row.Figure(m.Path)?.ToString(m.Format) ?? ""))} |");
        page.AppendLine();
        foreach (var row in rows.Where(r => r.Failure is not null)) page.AppendLine($"- {Transport.Find(row.Contender)!.Title}: {row.Failure}").AppendLine();
    }
}
