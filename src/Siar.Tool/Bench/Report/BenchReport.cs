namespace Siar.Tool;

/// <summary>What a run found.</summary>
internal sealed record BenchReport
{
    public required int Subscribers { get; init; }

    public required int Topics { get; init; }

    public required int Publishers { get; init; }

    public required int Bytes { get; init; }

    /// <summary>Events a second that were asked for; 0 for as fast as answers came.</summary>
    public required double Rate { get; init; }

    public required ConnectFigures Connect { get; init; }

    /// <summary>What idle readers hold; null where the server's process was not named.</summary>
    public IdleFigures? Idle { get; init; }

    /// <summary>Events at the rate; null where none were asked for.</summary>
    public FlowFigures? Flow { get; init; }

    /// <summary>Events back to back.</summary>
    public FlowFigures? Burst { get; init; }

    /// <summary>Every reader away, and back at once; latency counts from the beginning of its connection.</summary>
    public FlowFigures? Resume { get; init; }

    public SlowFigures? Slow { get; init; }

    /// <summary>Whether every reader got every event once and in order.</summary>
    public bool IsComplete => new[] { Flow, Burst, Resume }.All(f => f is null or { IsComplete: true }) && Connect.StreamsEnded == 0 && Slow is null or { IsComplete: true };
}

/// <summary>How readers came in.</summary>
/// <param name="Seconds">Until the last had its answer.</param>
/// <param name="Latency">From the beginning of a connection to its answer's head.</param>
/// <param name="ServerMicroseconds">The server's CPU for each; null where its process was not named.</param>
/// <param name="StreamsEnded">Streams that had ended by the end of the idling.</param>
internal sealed record ConnectFigures(double Seconds, Latencies Latency, double? ServerMicroseconds, long StreamsEnded);

/// <summary>What idle readers hold.</summary>
/// <param name="EmptyMiB">The server's resident memory before any came.</param>
/// <param name="KiBAtOnce">Its growth for each reader when the last had come.</param>
/// <param name="KiBSettled">Its growth for each after they had idled.</param>
/// <param name="SlabKiB">Growth of the kernel's slabs on the whole machine, both ends of the connection, for each.</param>
internal sealed record IdleFigures(double EmptyMiB, double KiBAtOnce, double KiBSettled, double SlabKiB);

/// <summary>Readers that read nothing for a while.</summary>
/// <param name="Readers">How many.</param>
/// <param name="Expected">Events that were published to them.</param>
/// <param name="Delivered">Those that they got once they read on.</param>
internal sealed record SlowFigures(long Readers, long Expected, long Delivered)
{
    public bool IsComplete => Expected == Delivered;
}

/// <summary>Quantiles in milliseconds.</summary>
internal sealed record Latencies(double P50, double P90, double P99, double P999, double Max)
{
    public static Latencies Of(HistogramData? data) => data is null ? Of(HistogramData.Empty) : new(
        Milliseconds(data.Quantile(0.5)), Milliseconds(data.Quantile(0.9)), Milliseconds(data.Quantile(0.99)), Milliseconds(data.Quantile(0.999)), Milliseconds(data.Max));

    private static double Milliseconds(long microseconds) => microseconds / 1_000.0;
}
