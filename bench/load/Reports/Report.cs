using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Siar.Bench.Load.Contenders;
using Siar.Bench.Load.Runs;
using Siar.Bench.Load.Scenarios;

namespace Siar.Bench.Load.Reports;

/// <summary>Puts results together: a page of tables, a chart for each, and everything raw.</summary>
internal static class Report
{
    private static readonly JsonSerializerOptions Indented = new() { WriteIndented = true };

    /// <summary>Writes the report.</summary>
    /// <param name="results">What the runs found.</param>
    /// <param name="folder">Where the page goes; charts and raw figures go into a folder beside it.</param>
    /// <param name="name">The page's name, without its extension.</param>
    /// <returns>The page.</returns>
    public static async Task<string> WriteAsync(IReadOnlyList<RunResult> results, DirectoryInfo folder, string name)
    {
        var beside = folder.CreateSubdirectory(name);
        var page = new StringBuilder();
        page.AppendLine($"# Load: {name}").AppendLine();
        page.AppendLine($"{Machine.Describe()}. Server on one core, load on the other, loopback; contenders in turns, medians over the rounds, ratios within a round.");
        page.AppendLine($"Load average of the machine before the runs: {results.Min(r => r.LoadAverage):F1} to {results.Max(r => r.LoadAverage):F1}, the runs before among it; far above 2 means that others used it, and that the figures are rough.");
        page.AppendLine("How to read and repeat this: [bench/README.md](../README.md). A run that is not complete has lost, repeated or cut off something: the reasons stand below its table.").AppendLine();
        if (AllBars.Markdown(results) is { Length: > 0 } bars) page.AppendLine("## Bars").AppendLine().AppendLine(bars);
        foreach (var scenario in AllScenarios.All)
        {
            var own = results.Where(r => r.Scenario == scenario.Name).ToList();
            if (own.Count > 0) await AddAsync(page, scenario, own, beside);
        }

        await File.WriteAllTextAsync(Path.Combine(beside.FullName, "raw.json"), new JsonArray([.. results.Select(r => r.ToJson())]).ToJsonString(Indented) + "\n");
        var path = Path.Combine(folder.FullName, name + ".md");
        await File.WriteAllTextAsync(path, page.ToString().TrimEnd() + "\n");
        return path;
    }

    private static async Task AddAsync(StringBuilder page, Scenario scenario, List<RunResult> results, DirectoryInfo beside)
    {
        page.AppendLine($"## {scenario.Name}").AppendLine().Append(scenario.Title);
        if (results.Find(r => r.Figures is not null) is { } one && scenario.Rate is null) page.Append($": {one.Figure("rate")} events a second");
        page.AppendLine(".").AppendLine();
        foreach (var part in scenario.Parts)
        {
            var table = new ScenarioTable(part, results);
            if (table.Rows.Count == 0) continue;
            var chart = $"{scenario.Name}-{part.ToString().ToLowerInvariant()}.svg";
            await File.WriteAllTextAsync(
                Path.Combine(beside.FullName, chart),
                BarChart.Draw(scenario.Title, Measures.Of(part)[0], [.. table.Rows.Select(r => (r.Contender.Title, r.Sample))]));
            page.AppendLine($"![{Measures.Of(part)[0].Title}]({beside.Name}/{chart})").AppendLine().AppendLine(table.Markdown());
        }

        foreach (var failed in results.Where(r => r.Failure is not null))
            page.AppendLine($"- {AllContenders.Find(failed.Contender)?.Title}, round {failed.Repeat}: {failed.Failure!.Replace("\n", " ", StringComparison.Ordinal)}{Counts(failed)}");
        page.AppendLine();
    }

    private static string Counts(RunResult result)
    {
        var parts = new[] { "flow", "burst", "resume" }.Where(p => result.Figure(p + ".expected") is not null).Select(p =>
            $" {p}: {result.Figure(p + ".delivered"):N0} of {result.Figure(p + ".expected"):N0} delivered, {result.Figure(p + ".missed"):N0} missed, {result.Figure(p + ".repeated"):N0} repeated, {result.Figure(p + ".streamsEnded"):N0} streams ended.");
        return string.Concat(parts);
    }
}
