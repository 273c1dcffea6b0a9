using Siar.Wire;

namespace Siar.Hub.Tests.Simulation;

/// <summary>One connection of a simulated reader: a socket's, or one within the process.</summary>
internal interface ISimulatedStream
{
    /// <summary>What the lane writes to.</summary>
    Outlet Outlet { get; }

    /// <summary>All that the reader was given.</summary>
    List<Written> Taken { get; }

    /// <summary>Whether it takes nothing more before <see cref="Drain"/>.</summary>
    bool IsFull { get; }

    /// <summary>Whether the reader takes nothing at the moment.</summary>
    bool IsStalled { get; set; }

    /// <summary>Whether it has ended.</summary>
    bool IsOver { get; }

    /// <summary>The reader takes what there is.</summary>
    void Drain();
}

internal enum WrittenKind
{
    Event,
    Closing,
    Cursor,
    Gap,
    Live,
}

/// <summary>One thing that a reader was given.</summary>
internal readonly record struct Written(EventId Id, long Position, string Payload, WrittenKind Kind);
