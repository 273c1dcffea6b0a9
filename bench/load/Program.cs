using System.CommandLine;
using Siar.Bench.Load.Contenders;
using Siar.Bench.Load.Reports;
using Siar.Bench.Load.Runs;
using Siar.Bench.Load.Scenarios;

namespace Siar.Bench.Load;

/// <summary>The hub and its peers side by side: <c>./bench/load/run --help</c>.</summary>
internal static class Program
{
    private static Task<int> Main(string[] arguments)
    {
        var scenarios = new Argument<string[]>("scenario") { Description = "Scenarios to run; all of them where none is named", Arity = ArgumentArity.ZeroOrMore };
        var list = new Option<bool>("--list") { Description = "List scenarios and contenders" };
        var contenders = new Option<string[]>("--contender") { HelpName = "NAME", Description = "Only this one; repeatable" };
        var rounds = new Option<int>("--rounds") { HelpName = "N", Description = "Rounds, in each of which every contender has its turn. Default: 3", DefaultValueFactory = _ => 3 };
        var round = new Option<int[]>("--round") { HelpName = "N", Description = "Only this round, to run a scenario in pieces; repeatable" };
        var readers = new Option<int?>("--readers") { HelpName = "N", Description = "Other than the scenario's, to try it out; topics become no more than that" };
        var seconds = new Option<int?>("--seconds") { HelpName = "N", Description = "Seconds of publishing, other than the scenario's" };
        var raw = new Option<string>("--raw") { HelpName = "FOLDER", Description = "Where the figures of each run are kept. Default: artifacts/bench/load", DefaultValueFactory = _ => Path.Combine(Machine.Root, "artifacts/bench/load") };
        var results = new Option<string>("--results") { HelpName = "FOLDER", Description = "Where the report goes. Default: bench/results", DefaultValueFactory = _ => Path.Combine(Machine.Root, "bench/results") };
        var noReport = new Option<bool>("--no-report") { Description = "Only run" };
        var reportOnly = new Option<bool>("--report-only") { Description = "Only write the report of the runs that are there" };
        var root = new RootCommand("Measures Siar and its peers under the same load.") { scenarios, list, contenders, rounds, round, readers, seconds, raw, results, noReport, reportOnly };
        root.SetAction(async (parsed, _) =>
        {
            if (parsed.GetValue(list)) return List();
            if (Unknown(parsed.GetValue(scenarios)!, parsed.GetValue(contenders)!) is { } sentence) return await RefuseAsync(sentence);
            var folder = Directory.CreateDirectory(parsed.GetValue(raw)!);
            var wanted = AllScenarios.All.Where(s => parsed.GetValue(scenarios) is not { Length: > 0 } names || names.Contains(s.Name)).ToList();
            var turns = parsed.GetValue(round) is { Length: > 0 } only ? only : [.. Enumerable.Range(1, parsed.GetValue(rounds))];
            var runs = new AllRuns(folder, turns, [.. parsed.GetValue(contenders)!.Select(n => AllContenders.Find(n)!)]);
            if (!parsed.GetValue(reportOnly))
            {
                foreach (var scenario in wanted) await runs.RunAsync(Scaled(scenario, parsed.GetValue(readers), parsed.GetValue(seconds)));
            }

            if (parsed.GetValue(noReport)) return 0;
            var found = RunResult.Load(folder).Where(r => wanted.Exists(s => s.Name == r.Scenario)).ToList();
            if (found.Count == 0) return await RefuseAsync($"there are no runs in {folder.FullName}.");
            var name = $"load-{TimeProvider.System.GetUtcNow():yyyy-MM-dd}";
            Console.WriteLine(await Report.WriteAsync(found, Directory.CreateDirectory(parsed.GetValue(results)!), name));
            return 0;
        });
        return root.Parse(arguments).InvokeAsync();
    }

    private static int List()
    {
        Console.WriteLine("scenarios:");
        foreach (var scenario in AllScenarios.All) Console.WriteLine($"  {scenario.Name,-16} {scenario.Title} ({string.Join(", ", scenario.Contenders)})");
        Console.WriteLine("contenders:");
        foreach (var contender in AllContenders.All) Console.WriteLine($"  {contender.Name,-16} {contender.Title}{(contender.Missing() is { } why ? $" (not now: {why})" : "")}");
        return 0;
    }

    private static string? Unknown(string[] scenarios, string[] contenders) =>
        scenarios.FirstOrDefault(n => AllScenarios.Find(n) is null) is { } scenario ? $"there is no scenario '{scenario}'; --list tells what there is."
        : contenders.FirstOrDefault(n => AllContenders.Find(n) is null) is { } contender ? $"there is no contender '{contender}'; --list tells what there is."
        : null;

    private static async Task<int> RefuseAsync(string sentence)
    {
        await Console.Error.WriteLineAsync($"bench/load/run: {sentence}");
        return 2;
    }

    private static Scenario Scaled(Scenario scenario, int? readers, int? seconds)
    {
        var scaled = readers is { } n ? scenario with { Readers = n, Topics = Math.Min(scenario.Topics, n), Settle = 1 } : scenario;
        return seconds is { } s && scaled.Seconds > 0 ? scaled with { Seconds = s } : scaled;
    }
}
