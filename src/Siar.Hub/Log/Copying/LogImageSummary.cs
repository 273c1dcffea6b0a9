using System.Collections.Immutable;
using Siar.Topics;

namespace Siar.Hub;

/// <summary>What an image says of a log as a whole.</summary>
/// <param name="Head">The position of its newest event.</param>
/// <param name="Epochs">Its epochs, the present one last.</param>
/// <param name="Plan">By which it is trimmed; null where that is not in the log but in its hub's settings.</param>
/// <param name="Classes">What each retention class has lost.</param>
/// <param name="TrimmedTopics">What is remembered of topics of which events were trimmed, each with the prefix of its class.</param>
/// <param name="Closings">The closed topics, in the order in which they were closed.</param>
/// <param name="ClockSteps">Moments at which the clock was behind the time of an event.</param>
public sealed record LogImageSummary(
    long Head,
    ImmutableArray<ImageEpoch> Epochs,
    RetentionPlan? Plan,
    ImmutableArray<ImageClass> Classes,
    ImmutableArray<(string Prefix, TrimmedTopic Topic)> TrimmedTopics,
    ImmutableArray<(Topic Topic, Closing Closing)> Closings,
    ImmutableArray<ClockStep> ClockSteps)
{
    /// <summary>
    /// The epochs of a copy: those of the log, and one that begins behind its head. Ids of before go on to mean what they meant; should the log be
    /// appended to once more, what it then gives out means nothing to the copy.
    /// </summary>
    public ImmutableArray<ImageEpoch> WithNewEpoch() => [.. Epochs[..^1], Epochs[^1] with { Through = Head }, new ImageEpoch(Epoch.New(), Head, null)];
}

/// <summary>An epoch of a log.</summary>
/// <param name="Name">Its name.</param>
/// <param name="After">Its positions are higher.</param>
/// <param name="Through">Its last position; null while it goes on.</param>
public sealed record ImageEpoch(Epoch Name, long After, long? Through);

/// <summary>What a retention class has lost.</summary>
/// <param name="Prefix">Its prefix.</param>
/// <param name="Trimmed">The highest position dropped; 0 for none.</param>
/// <param name="TrimmedAlternate">The same, of events with alternate topics.</param>
/// <param name="Floor">A topic of which nothing is remembered counts as trimmed up to here.</param>
/// <param name="AlternateFloor">The same, of alternates of other classes.</param>
public sealed record ImageClass(string Prefix, long Trimmed, long TrimmedAlternate, long Floor, long AlternateFloor);

/// <summary>An event of an image.</summary>
/// <param name="Event">The event.</param>
/// <param name="IsFoundById">Whether the publisher's own id, where it has one, leads to it, and not to an earlier event, or nowhere.</param>
public readonly record struct ImageEvent(LoggedEvent Event, bool IsFoundById);

/// <summary>An idempotency key of an image.</summary>
/// <param name="Scope">Whose key it is; null where the log knows no more of it than its hash.</param>
/// <param name="Key">The key; null likewise.</param>
/// <param name="Hash">The hash by which a log in PostgreSQL finds it; empty where the key itself is known.</param>
/// <param name="Fingerprint">Of what was published under it.</param>
/// <param name="Position">Of the first event.</param>
/// <param name="Time">When.</param>
/// <param name="Expires">Until when it is known.</param>
public sealed record ImageKey(string? Scope, string? Key, ReadOnlyMemory<byte> Hash, UInt128 Fingerprint, long Position, DateTimeOffset Time, DateTimeOffset Expires);
