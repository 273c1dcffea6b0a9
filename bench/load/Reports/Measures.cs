using Siar.Bench.Load.Scenarios;

namespace Siar.Bench.Load.Reports;

/// <summary>A figure of the instrument's report, and how it is shown.</summary>
/// <param name="Title">The column's head.</param>
/// <param name="Unit">What it is counted in.</param>
/// <param name="Path">Where it stands in the instrument's report.</param>
/// <param name="Format">How its number is written.</param>
internal sealed record Measure(string Title, string Unit, string Path, string Format = "F1");

/// <summary>What is shown of each part; the first of a part is charted and compared.</summary>
internal static class Measures
{
    public static IReadOnlyList<Measure> Of(Part part) => part switch
    {
        Part.Connect =>
        [
            new("CPU a reader", "us", "connect.serverMicroseconds", "F0"), new("p50", "ms", "connect.latency.p50"), new("p99", "ms", "connect.latency.p99"),
            new("all in", "s", "connect.seconds"),
        ],
        Part.Idle =>
        [
            new("settled", "KiB a reader", "idle.kiBSettled", "F2"), new("at once", "KiB a reader", "idle.kiBAtOnce", "F2"),
            new("kernel slabs, both ends", "KiB a reader", "idle.slabKiB"), new("empty", "MiB", "idle.emptyMiB", "F0"),
        ],
        Part.Slow => [new("server's memory", "MiB", "flow.serverMiB", "F0"), new("slow readers got", "events", "slow.delivered", "F0"), new("of", "events", "slow.expected", "F0")],
        Part.Flow => Flow("flow"),
        Part.Burst => Flow("burst"),
        _ => Flow("resume"),
    };

    private static Measure[] Flow(string name) =>
    [
        new("CPU a delivery", "us", name + ".serverMicroseconds", "F2"), new("p50", "ms", name + ".delivery.p50"), new("p99", "ms", name + ".delivery.p99"),
        new("p99.9", "ms", name + ".delivery.p999"), new("server", "cores", name + ".serverCores", "F2"), new("memory", "MiB", name + ".serverMiB", "F0"),
        new("took", "s", name + ".seconds"), new("delivered a second", "", name + ".deliveriesPerSecond", "N0"), new("load's own CPU a delivery", "us", name + ".readerMicroseconds", "F2"),
    ];
}
