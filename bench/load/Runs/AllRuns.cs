using Siar.Bench.Load.Contenders;
using Siar.Bench.Load.Scenarios;

namespace Siar.Bench.Load.Runs;

/// <summary>Runs scenarios: in each round every contender has its turn, so that what changes on the machine meanwhile meets all of them.</summary>
/// <param name="Folder">Where the results go.</param>
/// <param name="Rounds">Which rounds.</param>
/// <param name="Contenders">Those to run; all of the scenario where empty.</param>
internal sealed record AllRuns(DirectoryInfo Folder, IReadOnlyList<int> Rounds, IReadOnlyList<Contender> Contenders)
{
    public async Task RunAsync(Scenario scenario)
    {
        var rate = await HalfCore.RateAsync(scenario, Folder);
        await Console.Error.WriteLineAsync($"{scenario.Name}: {scenario.Title}{(scenario.Rate is null ? $" ({rate} events a second)" : "")}");
        var contenders = AllContenders.All.Where(c => scenario.Contenders.Contains(c.Name) && (Contenders.Count == 0 || Contenders.Contains(c)));
        foreach (var round in Rounds)
        {
            foreach (var contender in contenders)
            {
                if (contender.Missing() is { } why)
                {
                    await Console.Error.WriteLineAsync($"  {round} {contender.Name}: left out, {why}");
                    continue;
                }

                var load = Machine.LoadAverage();
                var result = (await OneRun.RunAsync(scenario, contender, round, rate)) with { LoadAverage = load };
                await result.SaveAsync(Folder);
                await Console.Error.WriteLineAsync($"  {round} {contender.Name}: {Say(scenario, result)}");
            }
        }
    }

    private static string Say(Scenario scenario, RunResult result)
    {
        var measure = Reports.Measures.Of(scenario.Parts[0])[0];
        var figure = result.Figure(measure.Path) is { } value ? $"{value.ToString(measure.Format)} {measure.Unit}" : "no figure";
        return result.Failure is null ? figure : $"{figure}; {result.Failure}";
    }
}
