using Siar.Tool;

namespace Siar.Bench.Transports.Clients;

/// <summary>What a process of clients answers to each word.</summary>
internal sealed record LoadState
{
    public string? Failure { get; init; }

    public long Delivered { get; init; }

    /// <summary>Events that came again, or after a later one.</summary>
    public long Repeated { get; init; }

    /// <summary>Connections that the server ended.</summary>
    public long Ended { get; init; }

    /// <summary>Bytes that the clients' sockets received.</summary>
    public long BytesIn { get; init; }

    /// <summary>Bytes that they sent.</summary>
    public long BytesOut { get; init; }

    public double CpuMicroseconds { get; init; }

    public HistogramData Latency { get; init; } = HistogramData.Empty;
}
