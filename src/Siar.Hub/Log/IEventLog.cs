using Siar.Topics;
using Siar.Wire;

namespace Siar.Hub;

/// <summary>
/// Where events are kept: appended in order, read from a position, trimmed by count, age and bytes. A log may be this hub's alone, or shared with
/// other hubs, each of which has an object of its own over the same engine. A hub appends from one loop and follows the tail with one other;
/// everything else may be called concurrently, also while an append runs, and never waits for it.
/// <para>
/// Positions are given in the order in which events are committed, whoever appends. So at <see cref="Head"/> h nothing at or below h will still
/// appear, and the tail is the same, in the same order, for every hub.
/// </para>
/// </summary>
public interface IEventLog : IAsyncDisposable
{
    /// <summary>
    /// The epoch in which new positions are given. It changes under a running hub where the engine has lost something, as after a failover: positions
    /// then go on from the head that was found there.
    /// </summary>
    Epoch Epoch { get; }

    /// <summary>
    /// The stable head, as far as this process has come: the position of the newest event that is safely kept, 0 before the first. Nothing at or
    /// below it will still appear. Never falls within an epoch.
    /// </summary>
    long Head { get; }

    /// <summary>Whether other hubs may append to the log as well. Does not change. Default: false.</summary>
    bool IsShared => false;

    /// <summary>
    /// Whether the log takes events at this moment, and why not. Does not wait. A log that is not well finds out by itself when it is again,
    /// also while nobody publishes. Default: always available.
    /// </summary>
    LogHealth Health => LogHealth.Available;

    /// <summary>What the log has dropped, as far as it knows at this moment without waiting. Each page carries the state of its own snapshot.</summary>
    TrimState Trimmed { get; }

    /// <summary>
    /// By which the log is trimmed: of a hub's own log what it was opened with, of a shared log what stands in the log, and may change while it is open.
    /// </summary>
    RetentionPlan Plan { get; }

    /// <summary>The closing of a topic; null while it is open. Does not wait. Known before <see cref="Head"/> comes to it.</summary>
    Closing? FindClosing(Topic topic);

    /// <summary>
    /// The epoch in which a position was given, or in which the next one is where it is the head; of a place before the first position, the oldest
    /// epoch known. Does not wait.
    /// </summary>
    Epoch EpochAt(long position);

    /// <summary>
    /// Appends a batch as one commit. When the returned task completes, all that it says was appended is as safe as the log promises. Conditions,
    /// closings and idempotency keys are decided in the commit itself, so that they hold between hubs; see <see cref="AppendGate"/>.
    /// <para>
    /// An exception means that nothing of the batch was kept, unless it says otherwise (<see cref="LogUnavailableException.MayBeKept"/>): then the
    /// outcome is unknown, since the connection to the engine broke in the commit and the log could not find out. What was kept all the same comes by
    /// <see cref="ReadTailAsync"/>.
    /// </para>
    /// </summary>
    /// <returns>One result for each append, in the same order.</returns>
    /// <exception cref="LogUnavailableException">The log has no room, or what it is kept in cannot be reached or written to.</exception>
    ValueTask<IReadOnlyList<Appended>> AppendAsync(IReadOnlyList<Append> batch, CancellationToken cancellationToken = default);

    /// <summary>
    /// The tail: waits until something stands after a position, then gives all of it in order, whoever appended it, as far as
    /// <see cref="LogPage.ReadThrough"/>, which is always higher than the position. Of what stands there nothing is left out but what the page's
    /// <see cref="LogPage.Trimmed"/> and <see cref="LogPage.Damage"/> tell. A page of events that were handed on before they could be trimmed has
    /// <see cref="TrimState.Nothing"/>. The hub's follower alone calls it; <see cref="LogTail"/> does most of it for a log.
    /// <para>
    /// Where the epoch has ended below the position, so that what was read there is lost, the page is empty and <see cref="LogPage.ReadThrough"/> is the
    /// position at which the epoch ended, below the one that was asked from.
    /// </para>
    /// </summary>
    /// <exception cref="OperationCanceledException">The token was cancelled while nothing came.</exception>
    ValueTask<LogPage> ReadTailAsync(long after, CancellationToken cancellationToken = default);

    /// <summary>
    /// Reads matching events after a position, oldest first. The page may be short or empty before the head is reached, so that no call
    /// takes long: <see cref="LogPage.ReadThrough"/> says how far it came, and it always comes further than asked from.
    /// What is damaged is passed over by a page of its own (<see cref="LogPage.Damage"/>), so that readers are told, and go on behind it.
    /// </summary>
    ValueTask<LogPage> ReadAsync(LogQuery query, CancellationToken cancellationToken = default);

    /// <summary>
    /// Finds the position to resume after, for the last id that a reader has seen. Of several events with one id it is the earliest. An id that this
    /// process has not come to yet is looked for in the engine, for a bounded time, before it is called unknown; the answer may then lie beyond
    /// <see cref="Head"/>, and the reader waits there.
    /// </summary>
    ValueTask<ResolvedCursor> ResolveAsync(EventId id, CancellationToken cancellationToken = default);

    /// <summary>
    /// What a log does now and then: drops what is over the limits at this moment, and looks whether it is well. Every hub asks each second, never
    /// twice at a time; of the hubs that share a log one at a time trims it. May run concurrently with everything else.
    /// </summary>
    ValueTask MaintainAsync(CancellationToken cancellationToken = default);

    /// <summary>
    /// Leaves a hub's sign of life, in the place of the one before it, and gives the newest of every hub of the log, its own among them. Hubs of a shared log ask every two
    /// seconds, never twice at a time. When a sign was left tells no clock: whoever reads it sees that it is another than before. Signs are no part of the log: an engine
    /// may lose them. Default, for a log that is one hub's own: there is no other.
    /// </summary>
    /// <exception cref="LogUnavailableException">The engine cannot be reached: nothing is known of the other hubs.</exception>
    ValueTask<IReadOnlyList<HubSign>> SignAsync(HubSign own, CancellationToken cancellationToken = default) => new([own]);

    /// <summary>Takes away the sign of a hub that has stopped or is dead; one that is not there is left alone. Default: there is none.</summary>
    /// <param name="hub">Which: its <see cref="HubSign.Hub"/>.</param>
    /// <param name="cancellationToken">Ends the waiting.</param>
    /// <exception cref="LogUnavailableException">The engine cannot be reached.</exception>
    ValueTask RemoveSignAsync(string hub, CancellationToken cancellationToken = default) => ValueTask.CompletedTask;

    /// <summary>
    /// Keeps to other limits from now on, since the configuration of the hub has changed whose own the log is. Does not wait: what is over them is dropped by
    /// <see cref="MaintainAsync"/>, some at a time. Default: it does not.
    /// </summary>
    /// <param name="plan">The same classes with other limits.</param>
    /// <returns>Whether it does. Not where the classes are others, and never where the plan stands in a log that is shared.</returns>
    bool TryChangeLimits(RetentionPlan plan) => false;

    /// <summary>Has a shared log be trimmed by another plan from now on, for all its hubs. Default: not supported, since a hub's own log has its hub's.</summary>
    /// <exception cref="NotSupportedException">The log is one hub's own: its plan is the hub's configuration.</exception>
    ValueTask AdoptPlanAsync(RetentionPlan plan, CancellationToken cancellationToken = default) =>
        throw new NotSupportedException("This log is one hub's own, and trimmed by that hub's configuration: change it there.");
}
