namespace Siar.Tool;

/// <summary>A report for people.</summary>
internal static class BenchText
{
    public static string Of(BenchReport report) => string.Join(Environment.NewLine, Lines(report));

    private static IEnumerable<string> Lines(BenchReport report)
    {
        var connect = report.Connect;
        yield return $"{report.Subscribers:N0} readers, {report.Topics:N0} topics, {report.Bytes:N0} bytes, {report.Publishers:N0} publishers";
        yield return $"connected in {connect.Seconds:F1} s: {Of(connect.Latency)}{(connect.ServerMicroseconds is { } cpu ? $"; server {cpu:F0} us CPU a reader" : "")}";
        if (connect.StreamsEnded > 0) yield return $"  NOT COMPLETE: {connect.StreamsEnded:N0} streams ended while they idled";
        if (report.Idle is { } idle)
            yield return $"idle: {idle.KiBSettled:F1} KiB a reader ({idle.KiBAtOnce:F1} at once) over {idle.EmptyMiB:F0} MiB, and {idle.SlabKiB:F1} KiB of kernel slabs (both ends)";
        foreach (var (name, flow) in new[] { ("flow", report.Flow), ("burst", report.Burst), ("resume", report.Resume) })
        {
            if (flow is null) continue;
            foreach (var line in Of(name, flow)) yield return line;
        }

        if (report.Slow is { } slow) yield return $"slow: {slow.Readers:N0} readers got {slow.Delivered:N0} of {slow.Expected:N0} once they read on";
    }

    private static IEnumerable<string> Of(string name, FlowFigures flow)
    {
        yield return $"{name}: {flow.Published:N0} published, {flow.Delivered:N0} of {flow.Expected:N0} delivered in {flow.Seconds:F1} s ({flow.DeliveriesPerSecond:N0} a second)";
        if (!flow.IsComplete) yield return $"  NOT COMPLETE: {flow.Missed:N0} missed, {flow.Repeated:N0} repeated or out of order, {flow.StreamsEnded:N0} streams ended";
        yield return $"  delivery: {Of(flow.Delivery)}";
        yield return $"  publish:  {Of(flow.Publish)}";
        yield return $"  load's own CPU: {flow.ReaderMicroseconds:F2} us a delivery, {flow.PublisherMicroseconds:F0} us a publish";
        if (flow is { ServerMicroseconds: { } cpu, ServerCores: { } cores, ServerMiB: { } memory })
            yield return $"  server: {cpu:F2} us CPU a delivery, {cores:P0} of a core, {memory:F0} MiB";
    }

    private static string Of(Latencies l) => $"p50 {l.P50:F1} ms, p90 {l.P90:F1}, p99 {l.P99:F1}, p99.9 {l.P999:F1}, max {l.Max:F1}";
}
