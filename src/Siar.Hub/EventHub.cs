using System.Collections.Immutable;
using System.Runtime.CompilerServices;
using System.Text.Json;
using Siar.Wire;

namespace Siar.Hub;

/// <summary>
/// The hub: one log, one sequencer, one window of frames, and lanes that own the subscribers. Make one for a process, <see cref="Start"/>
/// it once, and dispose of it last. Everything but these two is safe for concurrent use. Before it is started nothing runs: the simulation takes the turns
/// of its parts in whatever order it likes.
/// </summary>
public sealed class EventHub : IHub, IAsyncDisposable
{
    private readonly HubOptions _options;
    private readonly EventAdmission _admission;
    private readonly SubscriberFactory _subscribers;
    private readonly List<Task> _running = [];
    private readonly CancellationTokenSource _stopped = new();
    private readonly HubUpkeep _upkeep;
    private ImmutableArray<LaneLoop> _loops = [];
    private Task _sequencing = Task.CompletedTask;
    private volatile bool _draining;
    private volatile bool _isStarted;
    private int _disposed;

    /// <summary>Makes a hub over a log that is open.</summary>
    /// <param name="log">Where events are kept; the hub does not dispose of it.</param>
    /// <param name="options">How the hub behaves; read now.</param>
    /// <param name="time">The clock, <see cref="TimeProvider.System"/> outside tests.</param>
    public EventHub(IEventLog log, HubOptions options, TimeProvider time)
        : this(log, options, time, HubMetrics.Name)
    {
    }

    /// <summary>Makes a hub that measures itself under a meter of another name.</summary>
    internal EventHub(IEventLog log, HubOptions options, TimeProvider time, string meter)
        : this(log, options, time, new FrameWindow(log.Head, options.WindowBytes), HubTuning.Default, Random.Shared.NextDouble, meter)
    {
    }

    /// <summary>Makes a hub with a window of its own, that does other amounts of work at a time.</summary>
    internal EventHub(IEventLog log, HubOptions options, TimeProvider time, FrameWindow window, HubTuning tuning, Func<double> chance, string meter = HubMetrics.Name)
    {
        _options = options;
        _admission = new EventAdmission(options.Limits);
        Log = log;
        Health = new LogHealthWatch(log);
        Window = window;
        Clock = new HubClock(time);
        Patterns = new PatternBudget(options.Limits);
        Metrics = new HubMetrics(time, meter);
        Loops = new LoopSupervisor(Metrics);
        Pages = new PageLoader(log, options.PageBytes, tuning, Metrics.CountFailure, Metrics.CountDamage);
        Sequencer = new Sequencer(log, Metrics, options);
        Members = new HubMembers(log, options, Clock, () => Subscribers, Metrics);
        if (options.PresencePrefix is { } prefix) Presence = new PresenceFeed(prefix, log, options.Limits, Clock, Sequencer.OfferBehind, Metrics, Members);
        Members.Feed = Presence;
        var context = new LaneContext(log, window, Pages, Patterns, Presence, Clock, options, tuning, chance, Metrics.CountFailure);
        Lanes = [.. Enumerable.Range(0, options.Lanes).Select(_ => new Lane(context))];
        _subscribers = new SubscriberFactory(context, Lanes);
        Changes = new HubChanges(log, options, Lanes, _subscribers);
        Revocations = new Revocations(log, _subscribers.Refused, Clock, Changes, AppendOwnAsync, Metrics.CountFailure);
        Follower = new Follower(log, window, Metrics, options, time, Revocations, WakeLanes, Members.Directory);
        _upkeep = new HubUpkeep(this, WakeLanes);
        Metrics.Observe(this);
    }

    /// <inheritdoc />
    public JsonSerializerOptions Json => _options.Json;

    /// <summary>Whether the hub is ending its streams and takes no new ones.</summary>
    public bool IsDraining => _draining;

    /// <summary>How many streams are open.</summary>
    public long Subscribers => Lanes.Sum(l => l.Counters.Subscribers);

    /// <summary>The log.</summary>
    internal IEventLog Log { get; }

    /// <summary>The newest events in memory.</summary>
    internal FrameWindow Window { get; }

    /// <summary>Read the log for subscribers that are below the window.</summary>
    internal PageLoader Pages { get; }

    /// <summary>Appends what is published.</summary>
    internal Sequencer Sequencer { get; }

    /// <summary>Fills the window.</summary>
    internal Follower Follower { get; }

    /// <summary>Own the subscribers.</summary>
    internal ImmutableArray<Lane> Lanes { get; }

    /// <summary>The bound on distinct patterns.</summary>
    internal PatternBudget Patterns { get; }

    /// <summary>Whether the log could not read some of the events that it keeps, since the hub was started.</summary>
    internal bool HasMetDamage => Pages.DamagedThrough > 0;

    /// <summary>Tells when the log fails, and when it is well again.</summary>
    internal LogHealthWatch Health { get; }

    /// <summary>What the hub measures of itself.</summary>
    internal HubMetrics Metrics { get; }

    /// <summary>The hub's loops, and which of them have ended though they should not.</summary>
    internal LoopSupervisor Loops { get; }

    /// <summary>Tells who comes and goes on the Mercure path; null where nobody is told.</summary>
    internal PresenceFeed? Presence { get; }

    /// <summary>The hubs that share the log, this one among them.</summary>
    internal HubMembers Members { get; }

    /// <summary>The limits of size, for endpoints that answer with a status of their own what they do not allow.</summary>
    internal EventAdmission Admission => _admission;

    /// <summary>How the hub behaves.</summary>
    internal HubOptions Options => _options;

    /// <summary>
    /// The id of the newest event; none where the log is empty. A publisher's own only where the event is public and nothing older has that id: it
    /// is a cursor, and goes to whoever asks.
    /// </summary>
    internal EventId NewestId
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

    /// <summary>The hub's clock.</summary>
    internal HubClock Clock { get; }

    /// <summary>Whether its events are as safe as the process.</summary>
    internal bool IsInMemory => (Log is OpeningLog opening ? opening.Opened : Log) is MemoryLog;

    /// <summary>Whether the log is trimmed otherwise than this hub's options say.</summary>
    internal bool PlanDiffers => Log is not OpeningLog { Opened: null } && !Log.Plan.IsSameAs(RetentionPlan.Of(_options));

    /// <summary>Told at the start where a shared log is trimmed by another plan than this hub's options ask for. Set once, before the hub starts.</summary>
    internal Action? OnPlanDiffers { get; set; }

    /// <summary>Opens the log where it is not open yet, reads who is refused, and begins to work. Call it once.</summary>
    internal async Task StartAsync(CancellationToken cancellationToken)
    {
        if (Log is OpeningLog { Opened: null } opening) await opening.OpenAsync(cancellationToken);
        BeginAtHead();
        await Revocations.LoadAsync(Window.Head, cancellationToken);
        Begin();
    }

    /// <summary>Begins to work. Call it once, before anything is published. Who subscribes waits until the log has said who is refused.</summary>
    public void Start()
    {
        BeginAtHead();
        Begin();
    }

    private void Begin()
    {
        if (PlanDiffers) Guarded(() => OnPlanDiffers?.Invoke());
        _loops = [.. Lanes.Select(lane => new LaneLoop(lane, Metrics.CountFailure))];
        _isStarted = true;
        WakeLanes();
        _sequencing = Loops.RunAsync("sequencer", Sequencer.RunAsync, Sequencer.Abandon);
        _running.Add(Loops.RunAsync("follower", Follower.RunAsync, static _ => { }));
        for (var i = 0; i < _options.LogReaders; i++) _running.Add(Loops.RunAsync("log reader", Pages.RunAsync, static _ => { }));
        if (Presence is { } presence) _running.Add(Loops.RunAsync("presence", presence.RunAsync, static _ => { }));
        Members.Start(Loops);
        _upkeep.Start();
    }

    /// <inheritdoc />
    public async ValueTask<LoggedEvent> PublishAsync(Event content, CancellationToken cancellationToken = default)
    {
        var logged = await PublishAsync([content], cancellationToken);
        return logged[0];
    }

    /// <inheritdoc />
    public async ValueTask<ImmutableArray<LoggedEvent>> PublishAsync(
        ImmutableArray<Event> batch, CancellationToken cancellationToken = default)
    {
        _admission.Require(batch, idempotencyKey: null);
        var published = await PublishAsync(new Append(batch), cancellationToken);
        return published.Events;
    }

    /// <inheritdoc />
    public ValueTask<Published> PublishAsync(ImmutableArray<Event> batch, PublishOptions options, CancellationToken cancellationToken = default)
    {
        _admission.Require(batch, options.IdempotencyKey);
        return PublishAsync(options.ToAppend(batch, _options.IdempotencyLifetime), cancellationToken);
    }

    /// <summary>
    /// Publishes what the caller has checked with <see cref="Admission"/>. Where it says so, the caller calls <see cref="Deliver"/> as soon as its answer is on
    /// its way, whatever becomes of that.
    /// </summary>
    internal ValueTask<(Published Published, bool OwesDelivery)> PublishAdmittedAsync(ImmutableArray<Event> batch, PublishOptions options, CancellationToken cancellationToken) =>
        AppendAsync(options.ToAppend(batch, _options.IdempotencyLifetime), cancellationToken, answersFirst: true);

    /// <summary>Has the lanes deliver what was published: on this thread, as far as they are asleep and it is for few. Does not wait, and never throws.</summary>
    internal void Deliver() => ExecutionContext.Run(
        LoopTurn.Context,
        static hub =>
        {
            foreach (var lane in ((EventHub)hub!)._loops) lane.TakeTurnInPlace();
        },
        this);

    /// <inheritdoc />
    public ValueTask DisconnectAsync(CallerFilter callers, CancellationToken cancellationToken = default) => new(Revocations.DisconnectAsync(callers, cancellationToken));
    /// <inheritdoc />
    public ValueTask<Revocation> RevokeAsync(CallerFilter callers, DateTimeOffset until, CancellationToken cancellationToken = default) => new(Revocations.RevokeAsync(callers, until, cancellationToken));
    /// <inheritdoc />
    public ValueTask<bool> LiftRevocationAsync(CallerFilter callers, CancellationToken cancellationToken = default) => new(Revocations.LiftAsync(callers, cancellationToken));

    /// <summary>Publishes one of the hub's own events: no limit holds for it, and no trace tells of it.</summary>
    internal async ValueTask AppendAsync(Event content, CancellationToken cancellationToken) => await AppendOwnAsync(new Append([content]), cancellationToken);

    /// <summary>Leaves events for the sequencer; what is returned completes when they are in the log.</summary>
    internal ValueTask<Publication> EnqueueAsync(ImmutableArray<Event> events, CancellationToken cancellationToken) => EnqueueAsync(new Append(events), cancellationToken);

    private async ValueTask<Publication> EnqueueAsync(Append append, CancellationToken cancellationToken)
    {
        var publication = new Publication(append, Clock.Time.GetTimestamp());
        await Sequencer.EnqueueAsync(publication, cancellationToken);
        return publication;
    }

    private async Task<Published> AppendOwnAsync(Append append, CancellationToken cancellationToken) => await (await EnqueueAsync(append, cancellationToken)).WaitAsync(cancellationToken);

    /// <summary>Ends the stream with a number; one that is gone is left alone.</summary>
    internal void Close(long subscriber) => Changes.End(s => s.Number == subscriber, RevokedSignal.Disconnected);

    /// <summary>What may be changed while the hub runs.</summary>
    internal HubChanges Changes { get; }

    /// <inheritdoc cref="Hub.Revocations" />
    internal Revocations Revocations { get; }

    /// <summary>Makes what tells of this hub to those who watch it.</summary>
    internal HubStatistics CreateStatistics() => new(this);

    /// <summary>The id of a place in the log, as a cursor.</summary>
    internal EventId IdAt(long position) => HubEventId.Create(Log.EpochAt(position), position);

    /// <inheritdoc />
    public async IAsyncEnumerable<Delivery> SubscribeAsync(SubscribeRequest request, [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        var outlet = new DeliveryOutlet();
        if (_isStarted) await Revocations.Loaded.WaitAsync(cancellationToken);
        var subscriber = await AttachAsync(Revocations.Admit(request), outlet, cancellationToken);

        // Also where the lanes could not end the stream.
        var disposed = _stopped.Token.UnsafeRegister(static outlet => ((DeliveryOutlet)outlet!).End(null), outlet);
        try
        {
            await foreach (var delivery in outlet.ReadAllAsync(cancellationToken)) yield return delivery;
        }
        finally
        {
            await disposed.DisposeAsync();
            subscriber.Close(EndReason.PeerClosed);
        }

        if (_stopped.IsCancellationRequested) yield break;
        var reason = await subscriber.Ended;
        if (reason is EndReason.Failed or EndReason.FellBehind or EndReason.Requested or EndReason.Revoked) throw new SubscriptionEndedException(reason);
    }

    /// <inheritdoc cref="SubscriberFactory.PrepareAsync" />
    internal async ValueTask<PreparedSubscriber> PrepareAsync(SubscribeRequest request, Outlet outlet, CancellationToken cancellationToken)
    {
        if (_isStarted && !Revocations.Loaded.IsCompleted) await Revocations.Loaded.WaitAsync(cancellationToken);
        return await _subscribers.PrepareAsync(request, outlet, cancellationToken);
    }

    /// <summary><see cref="PrepareAsync"/> and <see cref="PreparedSubscriber.Attach"/> in one, for readers that need no word between.</summary>
    /// <inheritdoc cref="PrepareAsync" path="/exception" />
    internal async ValueTask<Subscriber> AttachAsync(SubscribeRequest request, Outlet outlet, CancellationToken cancellationToken)
    {
        using var prepared = await PrepareAsync(request, outlet, cancellationToken);
        return prepared.Attach();
    }

    /// <summary>
    /// Ends every stream in order, each reader told to come back after a time of its own, and those that still arrive as well. Publishing
    /// goes on. The task completes when no stream is open.
    /// </summary>
    public async Task DrainAsync(CancellationToken cancellationToken = default)
    {
        _draining = true;
        foreach (var lane in Lanes) lane.Post(LaneMessage.Drain());
        await Task.WhenAll(Lanes.Select(l => l.Drained)).WaitAsync(cancellationToken);
        await Members.LeaveAsync().WaitAsync(cancellationToken);
    }

    /// <summary>Appends what is queued, ends the streams that are still open, then stops. Further calls do nothing.</summary>
    public async ValueTask DisposeAsync()
    {
        if (Interlocked.Exchange(ref _disposed, 1) == 1) return;
        if (!_isStarted) Sequencer.Abandon(new HubStoppedException());
        Loops.Stop();
        await _upkeep.DisposeAsync();
        if (Members.IsTelling && !_loops.IsEmpty) await DrainAsync().WaitAsync(TimeSpan.FromSeconds(5)).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        await Members.StopAsync();
        Presence?.Stop();
        Sequencer.Complete();
        await _sequencing;
        Follower.Stop();
        Pages.Complete();
        await Task.WhenAll(_running);

        // A request waits for its stream's end, and a server for its requests: a stream that outlived the lanes would hold both. Lanes whose every turn fails end none.
        if (!_loops.IsEmpty) await DrainAsync().WaitAsync(TimeSpan.FromSeconds(5)).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        await Task.WhenAll(_loops.Select(l => l.StopAsync()));
        await _stopped.CancelAsync();
        await _upkeep.AbandonAsync();
        Metrics.Dispose();
    }

    private async ValueTask<Published> PublishAsync(Append append, CancellationToken cancellationToken)
    {
        var (published, owesDelivery) = await AppendAsync(append, cancellationToken, answersFirst: false);
        if (owesDelivery) Deliver();
        return published;
    }

    private async ValueTask<(Published Published, bool OwesDelivery)> AppendAsync(Append append, CancellationToken cancellationToken, bool answersFirst)
    {
        var activity = Metrics.StartPublish(append.Events);
        var owesDelivery = false;
        try
        {
            var publication = new Publication(append, Clock.Time.GetTimestamp());
            if (_isStarted && !LoopTurn.OthersWait) await Sequencer.PublishAsync(publication, cancellationToken, out owesDelivery);
            else await Sequencer.EnqueueAsync(publication, cancellationToken);
            var published = await publication.WaitAsync(cancellationToken);

            if (!owesDelivery || !answersFirst) return (published, owesDelivery);

            // What is for many, or for lanes that are awake, does not wait for the answer.
            owesDelivery = false;
            foreach (var lane in _loops) owesDelivery |= lane.WakeUnlessShort();
            return (published, owesDelivery);
        }
        catch
        {
            // Others may have published in the same turn.
            if (owesDelivery) Deliver();
            throw;
        }
        finally
        {
            Metrics.End(activity);
        }
    }

    // A log may have been opened after the hub was made.
    private void BeginAtHead()
    {
        var head = Log.Head;
        Window.BeginAfter(head);
        if (head > Window.Head) Window.Publish(head);
        Members.BeginAfter(Window.Head);
        Presence?.Begin(isEmpty: head == 0);
    }

    // Has every lane do a turn soon, unless the calling thread has just published and does these turns itself, once its answer is on its way.
    private void WakeLanes()
    {
        if (Sequencer.LooksAfterLanes()) return;
        foreach (var lane in Lanes) lane.Wake();
    }

    // A listener that throws must not stop the start.
    private void Guarded(Action action)
    {
        try
        {
            action();
        }
        catch (Exception failure)
        {
            Metrics.CountFailure(failure);
        }
    }
}
