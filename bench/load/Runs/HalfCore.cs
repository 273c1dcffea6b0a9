using System.Globalization;
using Siar.Bench.Load.Contenders;
using Siar.Bench.Load.Scenarios;

namespace Siar.Bench.Load.Runs;

/// <summary>
/// The rate at which the floor uses half its core, found once and kept beside the results, so that every contender of a scenario gets the
/// same.
/// </summary>
internal static class HalfCore
{
    private const double FirstGuess = 8;

    public static async Task<double> RateAsync(Scenario scenario, DirectoryInfo folder)
    {
        if (scenario.Rate is { } rate) return rate;
        var file = Path.Combine(folder.FullName, scenario.Name + ".rate");
        if (File.Exists(file)) return double.Parse(await File.ReadAllTextAsync(file), CultureInfo.InvariantCulture);
        var floor = AllContenders.Find("floor")!;
        var result = await OneRun.RunAsync(scenario with { Seconds = 4 }, floor, 0, FirstGuess);
        var cost = result.Figure("flow.serverMicroseconds") ?? throw new IOException($"the floor's cost could not be measured: {result.Failure}");
        var found = Math.Round(0.5e6 / (cost * scenario.Readers / scenario.Topics), 1);
        await File.WriteAllTextAsync(file, found.ToString(CultureInfo.InvariantCulture));
        return found;
    }
}
