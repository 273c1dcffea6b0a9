using System.Text;
using Siar.Bench.Load.Runs;

namespace Siar.Bench.Load.Reports;

/// <summary>What the hub must reach beside its peers.</summary>
internal static class AllBars
{
    private const string Sockets = "siar-sockets";
    private const string Portable = "siar";
    private const string Flow = "flow.serverMicroseconds";
    private const string Burst = "burst.serverMicroseconds";
    private const string Idle = "idle.kiBSettled";
    private const string Connect = "connect.serverMicroseconds";

    public static IReadOnlyList<Bar> All { get; } =
    [
        Ratio("CPU a delivery, 10,000 readers, bare sockets, of nchan", "fanout-10k", Flow, Sockets, "nchan", 0.4),
        Ratio("the same, of the C floor", "fanout-10k", Flow, Sockets, "floor", 0.68),
        Ratio("the same, portable path, of nchan", "fanout-10k", Flow, Portable, "nchan", 0.85),
        new("memory of an idle reader at 10,000, settled, bare sockets, KiB", new Place("idle-10k", Sockets, Idle), null, 0.6),
        Ratio("p50, bare sockets, of nchan", "fanout-10k", "flow.delivery.p50", Sockets, "nchan", 0.9),
        Ratio("p99, bare sockets, of nchan", "fanout-10k", "flow.delivery.p99", Sockets, "nchan", 0.9),
        Ratio("CPU a publish and delivery, own topics, bare sockets, of nchan", "own-topics-10k", Flow, Sockets, "nchan", 0.9),
        Ratio("CPU a delivery, burst to 10,000, bare sockets, of nchan", "burst-10k", Burst, Sockets, "nchan", 0.05),
        Ratio("the same, burst to 1,000", "burst-1k", Burst, Sockets, "nchan", 0.05),
        Ratio("CPU a connection, bare sockets, of nchan", "connect-storm", Connect, Sockets, "nchan", 1),
        new("CPU a delivery, gzip, bare sockets, of plain", new Place("gzip-1k", Sockets, Flow), new Place("plain-1k", Sockets, Flow), 1.3),
        .. Beaten(Sockets),
        .. Beaten(Portable),
    ];

    /// <summary>The bars as a table; empty where nothing of them was measured.</summary>
    public static string Markdown(IReadOnlyList<RunResult> results)
    {
        var rows = All.Select(b => (Bar: b, Reached: b.Reached(results))).Where(r => r.Reached is not null).ToList();
        if (rows.Count == 0) return "";
        var text = new StringBuilder("| measure | bar | reached | |\n|---|---|---|---|\n");
        foreach (var (bar, reached) in rows) text.AppendLine($"| {bar.Title} | at most {bar.Most} | {reached:F2} | {(reached <= bar.Most ? "reached" : "**missed**")} |");
        return text.ToString();
    }

    private static Bar Ratio(string title, string scenario, string path, string contender, string other, double most) =>
        new(title, new Place(scenario, contender, path), new Place(scenario, other, path), most);

    private static IEnumerable<Bar> Beaten(string contender) =>
        from measure in new[] { ("fanout-10k", Flow), ("own-topics-10k", Flow), ("burst-1k", Burst), ("idle-10k", Idle), ("connect-storm", Connect) }
        let scenario = measure.Item1
        select Ratio($"{scenario}, {(contender == Sockets ? "bare sockets" : "portable path")}, of TypedResults", scenario, measure.Item2, contender, "typed-results", 1);
}
