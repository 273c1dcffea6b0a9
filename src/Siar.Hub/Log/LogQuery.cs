using System.Collections.Immutable;
using Siar.Topics;

namespace Siar.Hub;

/// <summary>What to read from a log.</summary>
/// <param name="After">Events with a higher position.</param>
/// <param name="Matchers">Events of which one topic is meant by these.</param>
/// <param name="MaxEvents">At most so many events, at least 1.</param>
/// <param name="MaxBytes">No further event once the data of those read comes to so many bytes.</param>
public sealed record LogQuery(long After, MatcherSet Matchers, int MaxEvents, int MaxBytes)
{
    /// <summary>Which of the events that the matchers mean; null for all.</summary>
    public EventSelection? Selection { get; init; }
}

/// <summary>A part of the log.</summary>
/// <param name="Events">The matching events, oldest first.</param>
/// <param name="ReadThrough">Every matching event after the query's position, up to and with this one, is on the page, unless trimmed.</param>
/// <param name="Trimmed">What had been trimmed when the page was read.</param>
public sealed record LogPage(ImmutableArray<LoggedEvent> Events, long ReadThrough, TrimState Trimmed)
{
    /// <summary>
    /// What is damaged, in a sentence for the hub's own log, where events after the position asked from and up to <see cref="ReadThrough"/> cannot be
    /// read. Such a page has no events: readers are told a gap in its place, and the next page begins behind it. Default: null, everything was read.
    /// </summary>
    public string? Damage { get; init; }

    /// <summary>When each event's publish was queued, as a timestamp of the hub's clock, where all of them were published in this process; else empty.</summary>
    internal ImmutableArray<long> QueuedAt { get; init; } = [];
}
