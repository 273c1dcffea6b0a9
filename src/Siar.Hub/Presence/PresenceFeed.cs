using System.Collections.Immutable;
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
/// is told a gap. A start of the hub counts as a pause where the log is not empty, since those who were there before it went unseen. Safe for
/// concurrent use.
/// </summary>
internal sealed class PresenceFeed
{
    /// <summary>How long changes are told after the last listener has gone.</summary>
    public static readonly TimeSpan Patience = TimeSpan.FromMinutes(5);

    /// <summary>How long nothing is told after more waited than may, so that listeners are told a gap now and then and not all the time.</summary>
    public static readonly TimeSpan OverflowPause = TimeSpan.FromSeconds(10);

    /// <summary>The most events that go into the log with one batch of the publishers'.</summary>
    public const int ShareEvents = 64;

    private const int ShareBytes = 64 << 10;

    // A log that does not answer must not hold a listener up for ever: it is then told the gap in the stream.
    private static readonly TimeSpan MarkerPatience = TimeSpan.FromSeconds(5);

    private readonly string _prefix;
    private readonly Topic _marker;
    private readonly Matcher _markerMatcher;
    private readonly IEventLog _log;
    private readonly PresenceQueue _queue;
    private readonly HubClock _clock;
    private readonly Action<Publication> _offer;
    private readonly HubMetrics _metrics;
    private readonly CancellationTokenSource _stopping = new();
    private readonly Channel<bool> _wakeUps = Channel.CreateBounded<bool>(new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite });

    // Guards what follows.
    private readonly Lock _gate = new();
    private int _listeners;
    private double _listenedAt;
    private double _overflowsUntil;
    private bool _isMissing;
    private TaskCompletionSource? _marked;

    private long _markedThrough;

    /// <summary>Makes a feed that has something missing where the log is not empty.</summary>
    /// <param name="prefix">What the topics of subscriptions begin with.</param>
    /// <param name="log">The log.</param>
    /// <param name="limits">What may wait, and the rates.</param>
    /// <param name="clock">The hub's clock.</param>
    /// <param name="offer">Leaves a publication behind publishers'; the one before it has been answered.</param>
    /// <param name="metrics">Counts what overflows and fails.</param>
    public PresenceFeed(string prefix, IEventLog log, LimitOptions limits, HubClock clock, Action<Publication> offer, HubMetrics metrics)
    {
        _prefix = prefix;
        _marker = Topic.Parse(prefix + "paused");
        _markerMatcher = Matcher.Exact(_marker);
        _log = log;
        _queue = new PresenceQueue(limits);
        _clock = clock;
        _offer = offer;
        _metrics = metrics;
        Begin(isEmpty: log.Head == 0);
        _listenedAt = Now;
    }

    /// <summary>Says that the hub is started: what was told before it has an end where the log is not empty.</summary>
    public void Begin(bool isEmpty)
    {
        lock (_gate) _isMissing |= !isEmpty;
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
            lock (_gate) return _isMissing || _queue.Events > 0;
        }
    }

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
        var isMarker = false;
        try
        {
            (var updates, isMarker) = Next();
            if (updates.Count == 0 && !isMarker) return false;
            ImmutableArray<Event> events = isMarker ? [Event.PresencePause(_marker)] : [.. updates.Select(u => u.ToEvent())];
            var publication = new Publication(new Append(events), _clock.Time.GetTimestamp());
            _offer(publication);
            var published = await publication.Done.WaitAsync(_stopping.Token);
            if (isMarker) Volatile.Write(ref _markedThrough, published.Events[0].Position);
            return true;
        }
        catch (Exception failure)
        {
            // What could not be told is missing; the next second tries again. Of a log that takes nothing from anybody the hub tells itself.
            lock (_gate) _isMissing = true;
            if (failure is not (HubStoppedException or OperationCanceledException or LogUnavailableException)) _metrics.CountFailure(failure);
            return false;
        }
        finally
        {
            if (isMarker) MarkDone();
        }
    }

    private (List<PresenceUpdate> Updates, bool IsMarker) Next()
    {
        lock (_gate)
        {
            if (IsPaused()) return ([], false);
            if (!_isMissing) return (_queue.Take(ShareEvents, ShareBytes, Now), false);

            // Nobody would come to it.
            if (_listeners == 0 && _marked is null && _queue.Events == 0) return ([], false);
            _isMissing = false;
            _marked ??= new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            return ([], true);
        }
    }

    private async ValueTask ResumeAsync(CancellationToken cancellationToken)
    {
        Task marked;
        lock (_gate)
        {
            // While the overflow lasts there is nothing to wait for: the listener comes to the pause live.
            if (!_isMissing && _marked is null || IsPaused()) return;
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

    private void MarkDone()
    {
        lock (_gate)
        {
            _marked?.TrySetResult();
            _marked = null;
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
