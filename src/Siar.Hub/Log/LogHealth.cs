namespace Siar.Hub;

/// <summary>Whether a log does at this moment what it is there for.</summary>
public enum LogState
{
    /// <summary>It takes events and gives them.</summary>
    Available,

    /// <summary>It takes no events: there is no room left.</summary>
    Full,

    /// <summary>It takes no events: what it is kept in cannot be reached or written to.</summary>
    Unavailable,

    /// <summary>Some of what it keeps cannot be read. New events may still be taken.</summary>
    Damaged,
}

/// <summary>What a log says of itself: for probes, for metrics, and for the hub's own log.</summary>
/// <param name="State">How it is.</param>
/// <param name="Sentence">Why, and what to do, in words that may go to anybody who asks: no path, no address; null where it is well.</param>
public sealed record LogHealth(LogState State, string? Sentence = null)
{
    /// <summary>The log is well.</summary>
    public static LogHealth Available { get; } = new(LogState.Available);

    /// <summary>More, for who runs the hub: which file or server, and its own words; null where there is no more.</summary>
    public string? Detail { get; init; }

    /// <summary>Whether the log stays so until the process is started again: <c>/health/live</c> then asks for that. Default: false.</summary>
    public bool NeedsRestart { get; init; }
}
