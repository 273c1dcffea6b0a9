using System.Globalization;

namespace Analytics;

/// <summary>What the command line says.</summary>
/// <param name="LogFile">The access log that is counted.</param>
/// <param name="IsMadeUp">Whether this program writes it.</param>
/// <param name="Seed">Which shop is made up.</param>
/// <param name="Lines">How many lines are made up at most.</param>
/// <param name="Speed">How many seconds of the shop's time pass in one of ours.</param>
internal sealed record Settings(string LogFile, bool IsMadeUp, int Seed, int Lines, double Speed)
{
    public static Settings Of(IConfiguration configuration)
    {
        var follow = configuration["follow"];
        return new Settings(
            follow ?? configuration["log"] ?? Path.Combine(Path.GetTempPath(), "siar-analytics-access.log"),
            follow is null,
            int.Parse(configuration["seed"] ?? "1", CultureInfo.InvariantCulture),
            int.Parse(configuration["lines"] ?? "10000000", CultureInfo.InvariantCulture),
            double.Parse(configuration["speed"] ?? "60", CultureInfo.InvariantCulture));
    }
}
