using Siar.Bench.Load.Contenders;
using Siar.Bench.Load.Reports;
using Siar.Bench.Load.Runs;
using Siar.Bench.Load.Scenarios;

namespace Siar.Bench.Tests;

/// <summary>The load benchmark, small, so that it does not rot. No figure of it means anything.</summary>
public sealed class LoadTests : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("siar-");

    public void Dispose() => _folder.Delete(recursive: true);

    [Fact]
    public async Task The_floor_and_the_hub_are_run_and_put_into_a_report()
    {
        var scenario = AllScenarios.Find("fanout-1k")! with { Readers = 20, Seconds = 1 };
        await new AllRuns(_folder, [1], [AllContenders.Find("floor")!, AllContenders.Find("siar")!]).RunAsync(scenario);

        var results = RunResult.Load(_folder);
        var page = await File.ReadAllTextAsync(await Report.WriteAsync(results, _folder, "load"));

        results.Select(r => (r.Contender, r.Failure)).Order().ShouldBe([("floor", null), ("siar", null)]);
        results.ShouldAllBe(r => r.Figure("flow.delivered") == 800);
        page.ShouldContain("| C floor | **");
        page.ShouldContain("| Siar, portable path | **");
        File.Exists(Path.Combine(_folder.FullName, "load", "fanout-1k-flow.svg")).ShouldBeTrue();
    }

    [Fact]
    public void Every_scenario_has_contenders_that_there_are() =>
        AllScenarios.All.SelectMany(s => s.Contenders).ShouldAllBe(name => AllContenders.Find(name) != null);

    [Fact]
    public void Ratios_are_taken_within_a_round()
    {
        RunResult[] results = [Run("floor", 1, 4), Run("floor", 2, 8), Run("floor", 3, 2), Run("siar", 1, 8), Run("siar", 2, 12), Run("siar", 3, 5)];

        // 2, 1.5 and 2.5 of the floor; 8, 12 and 5 in themselves.
        new ScenarioTable(Part.Flow, results).Markdown().ShouldContain("| Siar, portable path | **8.00** (5.00 to 12.00) | 2.00 |");
    }

    [Fact]
    public void A_bar_is_held_against_the_median_of_the_rounds()
    {
        RunResult[] results = [Run("nchan", 1, 10), Run("siar", 1, 9), Run("nchan", 2, 10), Run("siar", 2, 12), Run("nchan", 3, 10), Run("siar", 3, 11)];
        var bar = new Bar("x", new Place("fanout-1k", "siar", "flow.serverMicroseconds"), new Place("fanout-1k", "nchan", "flow.serverMicroseconds"), 1);

        bar.Reached(results)!.Value.ShouldBe(1.1, tolerance: 1e-9);
        bar.Reached(results[..1]).ShouldBeNull();
    }

    [Fact]
    public void Every_bar_is_of_a_scenario_and_a_contender_that_measures_it() =>
        AllBars.All.SelectMany(b => new[] { b.Figure, b.Of }).OfType<Place>().ShouldAllBe(p => AllScenarios.Find(p.Scenario)!.Contenders.Contains(p.Contender));

    private static RunResult Run(string contender, int round, double cost) =>
        new("fanout-1k", contender, round, new System.Text.Json.Nodes.JsonObject { ["flow"] = new System.Text.Json.Nodes.JsonObject { ["serverMicroseconds"] = cost } }, null);
}
