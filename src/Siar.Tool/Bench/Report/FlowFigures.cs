namespace Siar.Tool;

/// <summary>What became of events that were published.</summary>
internal sealed record FlowFigures
{
    /// <summary>From the first publish to the last delivery.</summary>
    public required double Seconds { get; init; }

    public required long Published { get; init; }

    /// <summary>Events times their readers.</summary>
    public required long Expected { get; init; }

    public required long Delivered { get; init; }

    /// <summary>Events that a reader did not get though it got a later one.</summary>
    public required long Missed { get; init; }

    /// <summary>Events that came again, or after a later one.</summary>
    public required long Repeated { get; init; }

    public required long StreamsEnded { get; init; }

    public double DeliveriesPerSecond => Seconds > 0 ? Delivered / Seconds : 0;

    /// <summary>From the moment when an event was due to when a reader had it.</summary>
    public required Latencies Delivery { get; init; }

    /// <summary>From when a publish was sent to its answer.</summary>
    public required Latencies Publish { get; init; }

    /// <summary>The readers' own CPU for a delivery, in microseconds: it must not be what is measured.</summary>
    public required double ReaderMicroseconds { get; init; }

    /// <summary>The publishers' own CPU for a publish.</summary>
    public required double PublisherMicroseconds { get; init; }

    /// <summary>The server's CPU for a delivery, publishing included; null where its process was not named.</summary>
    public double? ServerMicroseconds { get; init; }

    /// <summary>The server's CPU meanwhile, in cores.</summary>
    public double? ServerCores { get; init; }

    /// <summary>The server's resident memory after it.</summary>
    public double? ServerMiB { get; init; }

    public bool IsComplete => Delivered == Expected && Missed == 0 && Repeated == 0 && StreamsEnded == 0;
}
