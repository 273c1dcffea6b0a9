using Siar.Topics;
using Siar.Wire;

namespace Siar.Hub;

/// <summary>
/// Where events are kept: appended in order, read from a position, trimmed by count, age and bytes. One caller appends at a time;
/// everything else may be called concurrently, also while an append runs, and never waits for it.
/// </summary>
public interface IEventLog : IAsyncDisposable
{
    /// <summary>The life of the log in which new positions are given.</summary>
    Epoch Epoch { get; }

    /// <summary>The position of the newest event that is safely kept; 0 before the first. Never falls.</summary>
    long Head { get; }

    /// <summary>
    /// Whether the log takes events at this moment, and why not. Does not wait. A log that is not well finds out by itself when it is again,
    /// also while nobody publishes. Default: always available.
    /// </summary>
    LogHealth Health => LogHealth.Available;

    /// <summary>What the log has dropped, as far as it knows at this moment without waiting.</summary>
    TrimState Trimmed { get; }

    /// <summary>The closing of a topic; null while it is open. Does not wait. Known before <see cref="Head"/> comes to it.</summary>
    Closing? FindClosing(Topic topic);

    /// <summary>
    /// Appends a batch as one commit. When the returned task completes, all that it says was appended is as safe as the log promises.
    /// An exception means that nothing of the batch was kept, unless it says otherwise (<see cref="LogUnavailableException.MayBeKept"/>).
    /// </summary>
    /// <exception cref="LogUnavailableException">The log has no room, or what it is kept in cannot be reached or written to.</exception>
    ValueTask<AppendedBatch> AppendAsync(IReadOnlyList<Append> batch, CancellationToken cancellationToken = default);

    /// <summary>
    /// Reads matching events after a position, oldest first. The page may be short or empty before the head is reached, so that no call
    /// takes long: <see cref="LogPage.ReadThrough"/> says how far it came, and it always comes further than asked from.
    /// What is damaged is passed over by a page of its own (<see cref="LogPage.Damage"/>), so that readers are told, and go on behind it.
    /// </summary>
    ValueTask<LogPage> ReadAsync(LogQuery query, CancellationToken cancellationToken = default);

    /// <summary>Finds the place after which somebody who has seen this id wants to go on. Duplicate ids mean the earliest event.</summary>
    ValueTask<ResolvedCursor> ResolveAsync(EventId id, CancellationToken cancellationToken = default);
}
