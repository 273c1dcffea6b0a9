namespace Siar.Tool;

/// <summary>What the readers of one process, or of all, have come to.</summary>
internal sealed record ReaderState
{
    /// <summary>Connections that are open, with an answer.</summary>
    public long Opened { get; init; }

    /// <summary>Why the first that failed did; null where none has.</summary>
    public string? Failure { get; init; }

    public long Deliveries { get; init; }

    public long SlowDeliveries { get; init; }

    public long Bytes { get; init; }

    public long Missed { get; init; }

    public long Repeated { get; init; }

    public long Ended { get; init; }

    /// <summary>The processes' own CPU time.</summary>
    public double CpuMicroseconds { get; init; }

    /// <summary>Latencies, where they were asked for.</summary>
    public HistogramData? Latency { get; init; }

    /// <summary>From the beginning of a connection to its answer, where it was asked for.</summary>
    public HistogramData? Connect { get; init; }

    public static ReaderState Sum(IReadOnlyCollection<ReaderState> states) => new()
    {
        Opened = states.Sum(s => s.Opened),
        Failure = states.FirstOrDefault(s => s.Failure is not null)?.Failure,
        Deliveries = states.Sum(s => s.Deliveries),
        SlowDeliveries = states.Sum(s => s.SlowDeliveries),
        Bytes = states.Sum(s => s.Bytes),
        Missed = states.Sum(s => s.Missed),
        Repeated = states.Sum(s => s.Repeated),
        Ended = states.Sum(s => s.Ended),
        CpuMicroseconds = states.Sum(s => s.CpuMicroseconds),
        Latency = HistogramData.Sum(states.Select(s => s.Latency)),
        Connect = HistogramData.Sum(states.Select(s => s.Connect)),
    };
}
