using System.Collections.Immutable;
using Siar.Topics;

namespace Siar.Hub;

/// <summary>
/// Ends the streams of callers who are not wanted any more, and knows who is refused. A revocation is a fact in the log (<see cref="RevocationFact"/>):
/// <code>
/// RevokeAsync ──> sequencer ──> log ──> follower of every hub ──> table (who is refused) ──> lanes (whose streams end)
///                                └────> a hub that starts: the newest of each key, before the first reader
/// </code>
/// First in the table, then to the lanes; a reader looks into the table when its lane has been given it: so whichever is first, none stays. Safe for concurrent use.
/// </summary>
/// <param name="log">The log.</param>
/// <param name="table">Who is refused.</param>
/// <param name="clock">The hub's clock.</param>
/// <param name="changes">Ends streams.</param>
/// <param name="append">Appends the hub's own events.</param>
/// <param name="onFailure">Told of what should not have happened.</param>
internal sealed class Revocations(
    IEventLog log, RevocationTable table, HubClock clock, HubChanges changes, Func<Append, CancellationToken, Task<Published>> append, Action<Exception> onFailure)
{
    /// <summary>How long a revocation may hold: ten years, after which no token is good any more.</summary>
    public static readonly TimeSpan Longest = TimeSpan.FromDays(3_650);

    // Far before the log lets go of a key.
    private const int FactsBeforeRenewal = RevocationFact.MostKept / 2;
    private const int MostAttempts = 8;
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(20);

    private readonly string _self = Guid.NewGuid().ToString("n");
    private readonly TaskCompletionSource _loaded = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private ImmutableArray<Action<CallerFilter, RevokedSignal>> _others = [];

    /// <summary>Completes when what the log holds is known.</summary>
    public Task Loaded => _loaded.Task;

    /// <inheritdoc cref="RevocationTable.Find(CallerMarks, string, DateTimeOffset)" />
    public Revocation? Find(CallerMarks? marks, string? address) => table.Find(marks, address, clock.Now);

    /// <summary>The request of a reader in this process, with all by which the reader may be meant.</summary>
    /// <exception cref="SubscriptionEndedException">The reader is refused.</exception>
    public SubscribeRequest Admit(SubscribeRequest request)
    {
        var marks = CallerMarks.Of(request.Reader);
        return Find(marks, request.Address) is null ? request with { Marks = marks } : throw new SubscriptionEndedException(EndReason.Revoked);
    }

    /// <summary>Whether anybody is refused: where not, a caller need not be looked up.</summary>
    public bool Any => table.Count > 0;

    /// <summary>All that are in force.</summary>
    public IEnumerable<Revocation> InForce => table.All(clock.Now);

    /// <summary>Has streams ended besides those of the hub's lanes.</summary>
    /// <param name="end">Ends those that are meant. Called on any thread; must neither wait nor throw.</param>
    public void AlsoEnd(Action<CallerFilter, RevokedSignal> end) => ImmutableInterlocked.Update(ref _others, static (others, end) => others.Add(end), end);

    /// <inheritdoc cref="IHub.DisconnectAsync" />
    public async Task DisconnectAsync(CallerFilter callers, CancellationToken cancellationToken)
    {
        EndStreams(callers, RevokedSignal.Disconnected);
        if (!log.IsShared) return;
        RequireClass();
        await append(new Append([new RevocationFact(callers, Until: null, _self).ToEvent()]), cancellationToken);
    }

    /// <inheritdoc cref="IHub.RevokeAsync" />
    public async Task<Revocation> RevokeAsync(CallerFilter callers, DateTimeOffset until, CancellationToken cancellationToken)
    {
        var now = clock.Now;
        if (until <= now || until - now > Longest) throw new ArgumentOutOfRangeException(nameof(until), until, $"A revocation holds until a moment to come, and for at most {Longest.TotalDays:0} days.");
        await Loaded.WaitAsync(cancellationToken);
        table.Forget(now);
        if (table.Count >= RevocationFact.MostInForce && table.Find(callers.Mark, now) is null)
            throw new LimitExceededException($"{RevocationFact.MostInForce} revocations are in force, and that is as many as there may be: revoke a claim that the callers share, or remove their keys.");
        // In the log it counts in milliseconds.
        var revocation = new Revocation(callers, DateTimeOffset.FromUnixTimeMilliseconds(until.ToUnixTimeMilliseconds()));
        await KeepAsync(revocation, cancellationToken);
        return revocation;
    }

    /// <inheritdoc cref="IHub.LiftRevocationAsync" />
    public async Task<bool> LiftAsync(CallerFilter callers, CancellationToken cancellationToken)
    {
        await Loaded.WaitAsync(cancellationToken);
        if (table.Find(callers.Mark, clock.Now) is null) return false;
        await KeepAsync(new Revocation(callers, DateTimeOffset.UnixEpoch), cancellationToken);
        return true;
    }

    /// <summary>Reads what the log holds up to a position, where that was not done before.</summary>
    /// <exception cref="LogUnavailableException">The log cannot be read.</exception>
    public ValueTask LoadAsync(long through, CancellationToken cancellationToken) => Loaded.IsCompleted ? default : ReadAsync(through, isLost: false, cancellationToken);

    /// <summary>Takes the facts on a page of the tail. The follower calls it, before anybody else sees the page.</summary>
    /// <param name="page">The page.</param>
    /// <param name="after">The position that it was asked from.</param>
    /// <param name="cancellationToken">Ends it.</param>
    /// <exception cref="LogUnavailableException">What is missing from the page cannot be read.</exception>
    public async ValueTask TakeAsync(LogPage page, long after, CancellationToken cancellationToken)
    {
        var isLost = page.ReadThrough < after;
        if (!Loaded.IsCompleted || isLost || MayLack(page, after))
        {
            await ReadAsync(page.ReadThrough, isLost, cancellationToken);
            return;
        }

        foreach (var logged in page.Events)
        {
            if (logged.Content.IsRevocation) Take(logged);
        }

        table.Reach(page.ReadThrough);
    }

    /// <summary>Lets go of what has lapsed.</summary>
    public void Forget() => table.Forget(clock.Now);

    // The newest of each key is there still, though the tail goes on behind it.
    private static bool MayLack(LogPage page, long after)
    {
        if (page.Damage is not null) return true;
        foreach (var trimmed in page.Trimmed.Classes)
        {
            if (trimmed.Prefix == RevocationFact.Class.Prefix && trimmed.Position > after) return true;
        }

        return false;
    }

    private async ValueTask ReadAsync(long through, bool isLost, CancellationToken cancellationToken)
    {
        var found = new List<(RevocationFact, LoggedEvent)>();
        var newestOfEachKey = new EventSelection(0, MatcherSet.All, through);
        // Of a hub's own log that never took one nothing need be read.
        for (var after = log.IsShared || HasClass ? 0L : through; after < through;)
        {
            var page = await log.ReadAsync(new LogQuery(after, MatcherSet.OfTopics(RevocationFact.Topic), 1_024, 1 << 20) { Selection = newestOfEachKey }, cancellationToken);
            if (page.Damage is { } damage) onFailure(new LogUnavailableException(LogState.Damaged, $"Revocations may be missing. {damage}"));
            foreach (var logged in page.Events)
            {
                if (Read(logged) is { } fact) found.Add((fact, logged));
            }

            if (page.ReadThrough <= after) throw new InvalidOperationException($"The log read no further than position {after}, though it said that there is more.");
            after = page.ReadThrough;
        }

        table.Replace(found, through, isLost);
        _loaded.TrySetResult();
        if (table.Count > 0) changes.EndRevoked();
    }

    private void Take(LoggedEvent logged)
    {
        if (Read(logged) is not { } fact) return;
        var isNew = table.Apply(fact, logged);
        if (fact.Until is not { } until)
        {
            // Its own hub has ended them before it was written.
            if (fact.By != _self) EndStreams(fact.Callers, RevokedSignal.Disconnected);
        }
        else if (isNew && until > clock.Now)
        {
            EndStreams(fact.Callers, RevokedSignal.Of(new Revocation(fact.Callers, until)));
        }
    }

    private RevocationFact? Read(LoggedEvent logged)
    {
        if (RevocationFact.TryRead(logged.Content, out var fact)) return fact;
        onFailure(new InvalidDataException($"The revocation at position {logged.Position} is none that this build knows, and does not count here: use the build that has written it."));
        return null;
    }

    /// <summary>
    /// Writes a fact. Behind so many others that the log may soon let go of the oldest that is in force, that one is written again with it, unless another hub has
    /// written meanwhile: it may have said something newer of it.
    /// </summary>
    private async Task KeepAsync(Revocation revocation, CancellationToken cancellationToken)
    {
        RequireClass();
        var written = new RevocationFact(revocation.Callers, revocation.Until, _self).ToEvent();
        for (var attempt = 1; ; attempt++)
        {
            var newest = table.Newest;
            if (attempt > MostAttempts || table.FindOldest(clock.Now, FactsBeforeRenewal) is not { } oldest || oldest.Callers == revocation.Callers)
            {
                Took(await append(new Append([written]), cancellationToken));
                return;
            }

            try
            {
                var renewed = new RevocationFact(oldest.Callers, oldest.Until, _self).ToEvent();
                Took(await append(new Append([renewed, written]) { Condition = PublishCondition.NewestIs(newest) }, cancellationToken));
                return;
            }
            catch (PublishRefusedException failure) when (failure.Refusal is PublishRefusal.ConditionFailed)
            {
                await Task.Delay(Pause, clock.Time, cancellationToken);
            }
        }
    }

    // In force here when the caller is answered; the follower comes to it as well.
    private void Took(Published published)
    {
        foreach (var logged in published.Events) Take(logged);
    }

    /// <summary>Whether the log keeps revocations: one that an earlier build has made, or that was opened with a plan of its own, does not.</summary>
    public bool HasClass => log.Plan.IndexOf(RetentionPlan.RevocationsPrefix) >= 0;

    private void RequireClass()
    {
        if (HasClass) return;
        throw new LogUnavailableException(
            LogState.Unavailable,
            "The log's retention has no class for revocations, so that it would let go of them with other events: have the log adopt the settings of this hub ('siar log plan --adopt', or AdoptRetention), or open it with RetentionPlan.Of(options).");
    }

    private void EndStreams(CallerFilter callers, RevokedSignal signal)
    {
        changes.End(s => callers.Means(s.Request.Marks, s.Request.Address), signal);
        foreach (var end in _others) end(callers, signal);
    }
}
