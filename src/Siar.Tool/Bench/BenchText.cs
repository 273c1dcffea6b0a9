namespace Siar.Tool;

/// <summary>A report for people.</summary>
internal static class BenchText
{
    public static string Of(BenchReport report)
    {
        var lines = new List<string>
        {
            $"{report.Subscribers:N0} readers, {report.Topics:N0} topics, {report.Bytes:N0} bytes: {report.Published:N0} published in {report.Seconds:F1} s",
            $"delivered {report.Delivered:N0} of {report.Expected:N0} ({report.DeliveriesPerSecond:N0} a second), {report.Missed} missed, {report.Repeated} repeated or out of order, {report.StreamsEnded} streams ended",
            $"delivery latency ms: p50 {report.Delivery.P50:F1}, p90 {report.Delivery.P90:F1}, p99 {report.Delivery.P99:F1}, p99.9 {report.Delivery.P999:F1}, max {report.Delivery.Max:F1}",
            $"publish latency ms: p50 {report.Publish.P50:F1}, p99 {report.Publish.P99:F1}, max {report.Publish.Max:F1}",
            $"connected in {report.ConnectSeconds:F1} s; the load's own CPU: {report.ClientMicrosecondsPerDelivery:F2} us a delivery",
        };
        if (report.Server is { } server)
        {
            lines.Add($"server: {server.MicrosecondsPerDelivery:F2} us CPU a delivery, {server.CpuShare:P0} of a core, {server.MicrosecondsPerConnect:F0} us a connect");
            lines.Add($"server memory: {server.KiBPerSubscriber:F1} KiB an idle reader and {server.SlabKiBPerSubscriber:F1} KiB of kernel slabs (both ends), {server.MemoryMiB:F0} MiB after the run");
        }

        return string.Join(Environment.NewLine, lines);
    }
}
