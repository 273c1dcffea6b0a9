using System.Threading.Channels;
using Siar.Topics;

namespace Siar.Hub;

/// <summary>
/// Tells who comes and goes, as events of the hub's own behind publishers'. It tells while somebody listens, and pauses otherwise; over a log that hubs share
/// somebody may always listen at another hub:
/// <code>
///            ┌── nobody has listened for five minutes ──┐
/// telling ───┤                                          ├──> paused ──(somebody listens, and the overflow is over)──> telling
///            └── more waits than may: the overflow ─────┘
/// </code>
/// Where something was left untold, the first event after the pause is <see cref="Event.PresencePause"/>: a reader that comes to it in the log
/// is told a gap. A start of the hub counts as a pause where the log is not empty, since those who were there before it went unseen, unless another hub
/// was there all the time and knows of them. What hubs owe each other (<see cref="MemberDuties"/>) goes into the log from here too, so that it stands in
/// order among comings and goings. Safe for concurrent use.
/// </summary>
internal sealed class PresenceFeed
{
    /// <summary>How long changes are told after the last listener has gone.</summary>
    public static readonly TimeSpan Patience = TimeSpan.FromMinutes(5);

    /// <summary>How long nothing is told after more waited than may, so that listeners are told a gap now and then and not all the time.</summary>
    public static readonly TimeSpan OverflowPause = TimeSpan.FromSeconds(10);

    /// <summary>The most events that go into the log with one batch of the publishers'.</summary>
    public const int ShareEvents = 64;

    /// <summary>What the topic of pauses ends with.</summary>
    public const string PauseSegment = "paused";

    private const int ShareBytes = 64 << 10;

    // A log that does not answer must not hold a listener up for ever: it is then told the gap in the stream.
    private static readonly TimeSpan MarkerPatience = TimeSpan.FromSeconds(5);

    private readonly string _prefix;
    private readonly Topic _marker;
    private readonly Matcher _markerMatcher;
    private readonly IEventLog _log;
    private readonly PresenceQueue _queue;
    private readonly HubClock _clock;
    private readonly Action<Publication[]> _offer;
    private readonly HubMetrics _metrics;
    private readonly HubMembers _members;
    private readonly CancellationTokenSource _stopping = new();
    private readonly Channel<bool> _wakeUps = Channel.CreateBounded<bool>(new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite });

    // Guards what follows.
    private readonly Lock _gate = new();
    private int _listeners;
    private double _listenedAt;
    private double _overflowsUntil;
    private bool _isMissing;
    private bool _isStartMissing;
    private TaskCompletionSource? _marked;
    private TaskCompletionSource? _left;
    private bool _hasToldEnd;

    private long _markedThrough;

    /// <summary>Makes a feed that has something missing where the log is not empty.</summary>
    /// <param name="prefix">What the topics of subscriptions begin with.</param>
    /// <param name="log">The log.</param>
    /// <param name="limits">What may wait, and the rates.</param>
    /// <param name="clock">The hub's clock.</param>
    /// <param name="offer">Leaves publications behind publishers'; those before them have been answered.</param>
    /// <param name="metrics">Counts what overflows and fails.</param>
    /// <param name="members">The hubs of the log.</param>
    public PresenceFeed(string prefix, IEventLog log, LimitOptions limits, HubClock clock, Action<Publication[]> offer, HubMetrics metrics, HubMembers members)
    {
        _prefix = prefix;
        _marker = Topic.Parse(prefix + PauseSegment);
        _markerMatcher = Matcher.Exact(_marker);
        _log = log;
        _queue = new PresenceQueue(limits);
        _clock = clock;
        _offer = offer;
        _metrics = metrics;
        _members = members;
        Begin(isEmpty: log.Head == 0);
        _listenedAt = Now;
    }

    /// <summary>Says that the hub is started: what was told before it has an end where the log is not empty.</summary>
    public void Begin(bool isEmpty)
    {
        lock (_gate) _isStartMissing |= !isEmpty;
    }

    /// <summary>Says that another hub was there all the time, and tells of whatever happened before this one's start: nothing of that is missing.</summary>
    public void Settle()
    {
        lock (_gate)
        {
            _isStartMissing = false;
            if (!_isMissing) EndMarkingUnderLock();
        }
    }

    /// <summary>Says that listeners have not been told everything: a pause tells them.</summary>
    public void Miss()
    {
        lock (_gate) _isMissing = true;
    }

    /// <summary>Whether nothing from before the start is missing.</summary>
    public bool IsSettled
    {
        get
        {
            lock (_gate) return !_isStartMissing;
        }
    }

    /// <summary>Tells of this hub's readers that have gone, without any rate, and then that the hub is no more.</summary>
    /// <returns>Whether it could be told in time.</returns>
    public async Task<bool> LeaveAsync(TimeSpan patience)
    {
        var left = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        Volatile.Write(ref _left, left);
        Wake();
        await left.Task.WaitAsync(patience).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        return left.Task.IsCompletedSuccessfully;
    }

    /// <summary>How many events wait to be told.</summary>
    public int Waiting => _queue.Events;

    /// <summary>Their bytes, at most.</summary>
    public long WaitingBytes => _queue.Bytes;

    /// <summary>The position of the newest pause in the log that this hub has made; 0 before the first.</summary>
    public long MarkedThrough => Volatile.Read(ref _markedThrough);

    /// <summary>Whether the log does not tell the whole: something waits, or was left untold since the newest pause in the log.</summary>
    public bool IsIncomplete
    {
        get
        {
            lock (_gate) return IsMissing || _queue.Events > 0;
        }
    }

    // Under the lock.
    private bool IsMissing => _isMissing || _isStartMissing;

    private double Now => _clock.Time.GetElapsedTime(0, _clock.Time.GetTimestamp()).TotalSeconds;

    /// <summary>
    /// What a reader asks for with the pauses in it, where it may be told of subscriptions at all; null where it may not. Its patterns may be
    /// about single subscriptions, and a pause concerns them all.
    /// </summary>
    public SubscribeRequest? AsListener(SubscribeRequest request)
    {
        // Most readers have no grants.
        if (!request.Grants.MayMeanBelow(_prefix) || !request.Matchers.MayMeanBelow(_prefix)) return null;
        return request with { Matchers = WithMarker(request.Matchers), Grants = WithMarker(request.Grants) };
    }

    /// <summary>Whether a matcher is the one that <see cref="AsListener"/> adds.</summary>
    public bool IsMarker(Matcher matcher) => matcher.Equals(_markerMatcher);

    /// <summary>
    /// Says that somebody begins to listen, and waits until a pause that it ends is in the log, so that a reader that goes on from before comes
    /// to it. <see cref="EndListening"/> must follow.
    /// </summary>
    public ValueTask BeginListeningAsync(CancellationToken cancellationToken)
    {
        lock (_gate) _listeners++;
        return ResumeAsync(cancellationToken);
    }

    /// <summary>Says that somebody listens no more.</summary>
    public void EndListening()
    {
        lock (_gate)
        {
            _listeners--;
            _listenedAt = Now;
        }
    }

    /// <summary>Says that somebody asks who is there, and may follow from now on. Waits as <see cref="BeginListeningAsync"/> does.</summary>
    public ValueTask AskAsync(CancellationToken cancellationToken)
    {
        lock (_gate) _listenedAt = Now;
        return ResumeAsync(cancellationToken);
    }

    /// <summary>Tells that a reader has come.</summary>
    public void Enter(PresenceEntry entry)
    {
        var size = entry.Measure();
        lock (_gate)
        {
            if (IsPaused()) _isMissing = true;
            else if (!_queue.TryEnter(entry, size, Now)) Overflow();
        }

        Wake();
    }

    /// <summary>Tells that a reader has gone.</summary>
    public void Leave(PresenceEntry entry)
    {
        var size = entry.Measure();
        lock (_gate)
        {
            if (IsPaused())
            {
                _queue.Forget(entry);
                _isMissing = true;
            }
            else if (!_queue.TryLeave(entry, size, Now))
            {
                Overflow();
            }
        }

        Wake();
    }

    /// <inheritdoc cref="PresenceQueue.Show" />
    public bool Show(PresenceEntry entry) => _queue.Show(entry);

    /// <summary>Has the loop look whether something is due. May be called from any thread.</summary>
    public void Wake() => _wakeUps.Writer.TryWrite(true);

    /// <summary>Tells until <see cref="Stop"/>.</summary>
    public async Task RunAsync()
    {
        await foreach (var _ in _wakeUps.Reader.ReadAllAsync())
        {
            while (await TellSomeAsync())
            {
            }
        }
    }

    /// <summary>Tells nothing more.</summary>
    public void Stop()
    {
        _wakeUps.Writer.TryComplete();
        _stopping.Cancel();
        lock (_gate) _marked?.TrySetResult();
    }

    /// <summary>Puts the next share into the log, where something is due. Never throws: the loop goes on, whatever fails.</summary>
    /// <returns>Whether there may be more.</returns>
    public async Task<bool> TellSomeAsync()
    {
        var share = PresenceShare.None;
        var isKept = false;
        try
        {
            share = Next();
            if (share.Appends.IsEmpty) return false;
            var publications = share.Appends.Select(append => new Publication(append, _clock.Time.GetTimestamp())).ToArray();
            _offer(publications);
            var published = await Task.WhenAll(publications.Select(p => p.Done)).WaitAsync(_stopping.Token);
            if (share.Kind is PresenceShareKind.Pause) Volatile.Write(ref _markedThrough, published[0].Events[0].Position);
            isKept = true;
            return true;
        }
        catch (Exception failure)
        {
            // Of a log that takes nothing from anybody the hub tells itself.
            if (failure is not (HubStoppedException or OperationCanceledException or LogUnavailableException)) _metrics.CountFailure(failure);
            return false;
        }
        finally
        {
            Finish(share, isKept);
        }
    }

    private PresenceShare Next()
    {
        var isLeaving = Volatile.Read(ref _left) is not null;
        if (_members.IsTelling)
        {
            if (!_members.MayTell) return PresenceShare.None;
            if (_members.Duties!.NextFact() is { } fact) return new(PresenceShareKind.Fact, [fact]);
            if (_members.Duties.NextSwept() is { Count: > 0 } gone) return new(PresenceShareKind.Swept, [.. _members.Duties.GoingsOf(gone)]) { Gone = gone };
        }

        lock (_gate)
        {
            if (IsPaused()) return PresenceShare.None;
            // Of what was before the start another hub may be found to know.
            var isHeld = !_isMissing && _members.IsTelling && !_members.Table.IsSure;
            if (IsMissing && !isHeld)
            {
                // Nobody would come to it.
                if (_listeners == 0 && _marked is null && _queue.Events == 0 && !_members.IsTelling) return PresenceShare.None;
                _isMissing = _isStartMissing = false;
                _marked ??= new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
                return new(PresenceShareKind.Pause, [new Append([_members.IsTelling ? _members.Duties!.Pause() : Event.PresencePause(_marker, "{}"u8.ToArray())])]);
            }
        }

        if (_members.IsTelling && _members.Duties!.NextPart(_queue.Show) is { } part) return new(PresenceShareKind.Roster, [part]);
        var updates = _queue.Take(ShareEvents, ShareBytes, isLeaving ? double.PositiveInfinity : Now);
        if (updates.Count > 0) return PresenceShare.Of(updates, _members.IsTelling);
        if (isLeaving && _members.Readers.Count == 0 && _queue.Events == 0) EndLeaving();
        return _members.IsTelling && _members.Duties!.NextFact() is { } last ? new(PresenceShareKind.Fact, [last]) : PresenceShare.None;
    }

    // The hub is no more once that is in the log: then it has left.
    private void EndLeaving()
    {
        if (!_hasToldEnd) _members.Duties!.Tell(new MemberFact.Ended(_members.Id, _members.Id));
        else Volatile.Read(ref _left)!.TrySetResult();
        _hasToldEnd = true;
    }

    private void Finish(PresenceShare share, bool isKept)
    {
        if (share.Appends.IsEmpty) return;
        switch (share.Kind)
        {
            case PresenceShareKind.Fact when isKept:
                _members.Duties!.Done();
                break;
            case PresenceShareKind.Swept when isKept:
                _members.Directory!.Remove(share.Gone);
                break;
            case PresenceShareKind.Roster when !isKept:
                _members.Duties!.TellRoster();
                break;
            case PresenceShareKind.Pause or PresenceShareKind.Updates when !isKept:
                // What could not be told is missing; the next second tries again.
                lock (_gate) _isMissing = true;
                break;
        }

        if (share.Kind is not PresenceShareKind.Pause) return;
        if (isKept && _members.IsTelling) _members.Duties!.TellRoster();
        lock (_gate) EndMarkingUnderLock();
    }

    private void EndMarkingUnderLock()
    {
        _marked?.TrySetResult();
        _marked = null;
    }

    private async ValueTask ResumeAsync(CancellationToken cancellationToken)
    {
        Task marked;
        lock (_gate)
        {
            // While the overflow lasts there is nothing to wait for: the listener comes to the pause live.
            if (!IsMissing && _marked is null || IsPaused()) return;
            marked = (_marked ??= new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously)).Task;
        }

        Wake();
        try
        {
            await marked.WaitAsync(MarkerPatience, _clock.Time, cancellationToken);
        }
        catch (TimeoutException)
        {
            // It comes to the pause live, when the log answers again.
        }
    }

    // Under the lock. What waits when nobody listens any more is left untold.
    private bool IsPaused()
    {
        var now = Now;
        if (now < _overflowsUntil) return true;

        // Somebody may listen at another hub of a shared log, of which this one does not know: to be silent there would be a loss that nobody is told.
        if (_listeners > 0 || _log.IsShared || now - _listenedAt < Patience.TotalSeconds) return false;
        if (_queue.Clear()) _isMissing = true;
        return true;
    }

    private void Overflow()
    {
        _queue.Clear();
        _isMissing = true;
        _overflowsUntil = Now + OverflowPause.TotalSeconds;
        _metrics.CountPresenceOverflow();
    }

    private MatcherSet WithMarker(MatcherSet matchers) =>
        matchers.Matches(_marker) ? matchers : MatcherSet.Of(matchers.Matchers.Append(_markerMatcher));
}
