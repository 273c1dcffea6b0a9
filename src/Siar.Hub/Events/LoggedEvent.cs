using Siar.Wire;

namespace Siar.Hub;

/// <summary>An event with the place that the log gave it. Immutable; may be used from any thread.</summary>
/// <param name="position">The place in the one ordered log, from 1, rising, not always dense.</param>
/// <param name="epoch">The life of the log in which the position was given.</param>
/// <param name="time">When it was appended.</param>
/// <param name="content">What the publisher sent.</param>
public sealed class LoggedEvent(long position, Epoch epoch, DateTimeOffset time, Event content)
{
    /// <summary>The place in the one ordered log.</summary>
    public long Position { get; } = position;

    /// <summary>The life of the log in which the position was given.</summary>
    public Epoch Epoch { get; } = epoch;

    /// <summary>When it was appended.</summary>
    public DateTimeOffset Time { get; } = time;

    /// <summary>What the publisher sent.</summary>
    public Event Content { get; } = content;

    /// <summary>The id on the wire: the publisher's own, else one made from epoch and position.</summary>
    public EventId Id => Content.Id.IsNone ? HubEventId.Create(Epoch, Position) : Content.Id;
}
