using System.Collections.Immutable;

namespace Siar.Hub;

/// <summary>What one publisher wants appended: all of it or nothing, in order and without another's events between.</summary>
/// <param name="Events">At least one.</param>
public sealed record Append(ImmutableArray<Event> Events)
{
    /// <summary>Names the publish, so that it is not done twice; null where nobody asked for that.</summary>
    public IdempotencyKey? Idempotency { get; init; }

    /// <summary>What must be so at the moment of appending, or nothing is appended; null for nothing.</summary>
    public PublishCondition? Condition { get; init; }

    /// <summary>When the hub took it, as a timestamp of its clock; 0 where that is not known.</summary>
    internal long QueuedAt { get; init; }
}

/// <summary>What became of one <see cref="Append"/>.</summary>
/// <param name="Events">The events as they stand in the log, in the order in which they were given; none where they were refused.</param>
public sealed record Appended(ImmutableArray<LoggedEvent> Events)
{
    /// <summary>Why nothing was appended; null where the events stand in the log.</summary>
    public PublishRefusal? Refusal { get; init; }

    /// <summary>Whether the events were appended by an earlier publish with the same key, and not again.</summary>
    public bool IsRepeat { get; init; }
}
