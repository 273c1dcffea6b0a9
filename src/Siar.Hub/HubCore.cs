using System.Collections.Immutable;
using Siar.Wire;

namespace Siar.Hub;

/// <summary>
/// The parts of a hub, put together but not running: <see cref="EventHub"/> gives each its thread, the simulation takes their turns in
/// whatever order it likes.
/// </summary>
internal sealed class HubCore
{
    private readonly HubOptions _options;
    private long _lastNumber;

    public HubCore(IEventLog log, HubOptions options, TimeProvider time, string meter = HubMetrics.Name)
        : this(log, options, time, new FrameWindow(log.Head, options.WindowBytes), HubTuning.Default, Random.Shared.NextDouble, meter)
    {
    }

    public HubCore(IEventLog log, HubOptions options, TimeProvider time, FrameWindow window, HubTuning tuning, Func<double> chance, string meter = HubMetrics.Name)
    {
        _options = options;
        Log = log;
        Health = new LogHealthWatch(log);
        Window = window;
        Clock = new HubClock(time);
        Patterns = new PatternBudget(options.Limits);
        Metrics = new HubMetrics(time, meter);
        Readers = new LogReaders(log, options.PageBytes, tuning, Metrics.CountFailure, Metrics.CountDamage);
        Sequencer = new Sequencer(log, Metrics, options);
        Follower = new Follower(log, window, Metrics, options, time, WakeLanes);
        if (options.PresencePrefix is { } prefix) Presence = new PresenceFeed(prefix, log, options.Limits, Clock, Sequencer.OfferBehind, Metrics);
        var context = new LaneContext(log, window, Readers, Patterns, Presence, Clock, options, tuning, chance, Metrics.CountFailure);
        Lanes = [.. Enumerable.Range(0, options.Lanes).Select(_ => new Lane(context))];
        Metrics.Observe(this);
    }

    public IEventLog Log { get; }

    /// <summary>Tells when the log fails, and when it is well again.</summary>
    public LogHealthWatch Health { get; }

    public FrameWindow Window { get; }

    public LogReaders Readers { get; }

    public Sequencer Sequencer { get; }

    public Follower Follower { get; }

    public ImmutableArray<Lane> Lanes { get; }

    public HubClock Clock { get; }

    public PatternBudget Patterns { get; }

    public HubMetrics Metrics { get; }

    /// <summary>Tells who comes and goes; null where the hub tells nothing of that.</summary>
    public PresenceFeed? Presence { get; }

    /// <summary>Begins at the head of a log that was opened after the hub was made.</summary>
    public void Begin()
    {
        var head = Log.Head;
        Window.BeginAfter(head);
        if (head > Window.Head) Window.Publish(head);
        Presence?.Begin(isEmpty: head == 0);
    }

    /// <summary>Whether the log is trimmed otherwise than this hub's options say.</summary>
    public bool PlanDiffers => Log is not OpeningLog { Opened: null } && !Log.Plan.IsSameAs(RetentionPlan.Of(_options));

    /// <summary>Leaves events for the sequencer; what is returned completes when they are in the log.</summary>
    /// <exception cref="HubStoppedException">The hub takes nothing more.</exception>
    public ValueTask<Publication> EnqueueAsync(ImmutableArray<Event> events, CancellationToken cancellationToken) =>
        EnqueueAsync(new Append(events), cancellationToken);

    /// <inheritdoc cref="EnqueueAsync(ImmutableArray{Event}, CancellationToken)" />
    public async ValueTask<Publication> EnqueueAsync(Append append, CancellationToken cancellationToken)
    {
        var publication = new Publication(append, Clock.Time.GetTimestamp());
        await Sequencer.EnqueueAsync(publication, cancellationToken);
        return publication;
    }

    /// <summary>
    /// Finds out where a reader begins, and counts its patterns: what is published from now on is wanted, but nothing is written before
    /// <see cref="PreparedSubscriber.Attach"/>.
    /// </summary>
    /// <exception cref="LimitExceededException">The request holds more patterns than the hub may have.</exception>
    public async ValueTask<PreparedSubscriber> PrepareAsync(SubscribeRequest request, Outlet outlet, CancellationToken cancellationToken)
    {
        // Before anything else is awaited: what is published from here on is wanted.
        if (Log is OpeningLog { Opened: null } opening) await opening.WaitAsync(cancellationToken);
        var head = Log.Head;
        if (Presence?.AsListener(request) is not { } listening) return await PrepareFromAsync(request, outlet, head, isListener: false, cancellationToken);

        try
        {
            await Presence.BeginListeningAsync(cancellationToken);
            return await PrepareFromAsync(listening, outlet, head, isListener: true, cancellationToken);
        }
        catch
        {
            Presence.EndListening();
            throw;
        }
    }

    private async ValueTask<PreparedSubscriber> PrepareFromAsync(SubscribeRequest request, Outlet outlet, long head, bool isListener, CancellationToken cancellationToken)
    {
        var lostEpochs = Window.LostEpochs;
        var start = request.Start.Kind switch
        {
            CursorKind.Now => new ResolvedCursor(head, null),
            CursorKind.Earliest => new ResolvedCursor(0, null),
            _ => await ResolveAsync(request.Start.Id, cancellationToken),
        };

        var trimmed = Log.Trimmed;
        var fromLogThrough = request.Start.Kind is CursorKind.Now ? 0 : trimmed.Bound(request.Matchers, request.Grants);

        // What was answered before the reader came is there for it, though the follower has not taken it yet.
        if (request.Start.Kind is not CursorKind.Now && Window.Head < head) fromLogThrough = Math.Max(fromLogThrough, head);
        var prelude = request.Start.Kind is CursorKind.Now ? Prelude(request, head) : null;
        var pausedThrough = isListener ? Presence!.MarkedThrough : 0;
        var damagedThrough = Readers.DamagedThrough;
        var number = Interlocked.Increment(ref _lastNumber);
        var lane = Lanes[(int)(number % Lanes.Length)];
        var subscriber = new Subscriber(request, outlet, lane)
        {
            Number = number,
            LostEpochs = lostEpochs,
            Cursor = prelude is null ? start.Position : 0,
            Replay = new Replay
            {
                Selection = prelude,
                PendingGap = start.Gap,
                FromLogThrough = fromLogThrough > start.Position ? fromLogThrough : 0,
                OwesClosings = request.Start.Kind is CursorKind.Now,
                PausedThrough = pausedThrough,
                DamagedThrough = damagedThrough,
            },
            HadGap = request.Start.Kind is CursorKind.After
                && (start.Gap is not null || start.Position < pausedThrough || start.Position < damagedThrough
                    || (fromLogThrough > start.Position && trimmed.Floor(request.Matchers, request.Grants) > start.Position)),
            IsOver = request.Start.Kind is CursorKind.After && start.Gap is null && Closing.IsAll(Log, request.Matchers, request.Grants, start.Position),
            IsListener = isListener,
        };

        // Last, so that nothing that fails before leaves them counted.
        Patterns.Take(request.Matchers);
        return new PreparedSubscriber(subscriber, Abandon);
    }

    private static EventSelection? Prelude(SubscribeRequest request, long head)
    {
        if (request.Last is { } last) ArgumentOutOfRangeException.ThrowIfNegativeOrZero(last);
        if (head == 0 || (!request.Snapshot && request.Last is null)) return null;
        return new EventSelection(request.Snapshot ? 0 : request.Last!.Value, request.Grants, head);
    }

    private void Abandon(Subscriber subscriber)
    {
        Patterns.Return(subscriber.Request.Matchers);
        if (subscriber.IsListener) Presence!.EndListening();
    }

    /// <summary><see cref="PrepareAsync"/> and <see cref="PreparedSubscriber.Attach"/> in one, for readers that need no word between.</summary>
    /// <inheritdoc cref="PrepareAsync" path="/exception" />
    public async ValueTask<Subscriber> AttachAsync(SubscribeRequest request, Outlet outlet, CancellationToken cancellationToken)
    {
        using var prepared = await PrepareAsync(request, outlet, cancellationToken);
        return prepared.Attach();
    }

    /// <summary>The id of the newest event; none before the first.</summary>
    public EventId NewestId
    {
        get
        {
            var head = Log.Head;
            if (head == 0) return default;

            // A publisher that was answered finds its event here, though the follower may not have taken it yet.
            var newest = Sequencer.Newest is { } own && own.Position == head ? own : Window.Find(head);
            return newest is { Content: { IsPrivate: false, Id.IsNone: false } content } && (Window.Find(content.Id) ?? head) == head ? content.Id : IdAt(head);
        }
    }

    /// <summary>The id of a place in the log, as a cursor.</summary>
    public EventId IdAt(long position) => HubEventId.Create(Log.EpochAt(position), position);

    private async ValueTask<ResolvedCursor> ResolveAsync(EventId id, CancellationToken cancellationToken)
    {
        // A lost id is known nowhere. Events without an id of their own must not be taken for it.
        if (id.IsNone) return new ResolvedCursor(0, GapReason.UnknownId);
        var resolved = await Log.ResolveAsync(id, cancellationToken);
        return resolved.Gap is GapReason.UnknownId && Window.Find(id) is { } position ? new ResolvedCursor(position, null) : resolved;
    }

    /// <summary>Has every lane do a turn soon, unless the calling thread has just published and does these turns itself, once its answer is on its way.</summary>
    public void WakeLanes()
    {
        if (Sequencer.LooksAfterLanes()) return;
        foreach (var lane in Lanes) lane.Wake();
    }
}
