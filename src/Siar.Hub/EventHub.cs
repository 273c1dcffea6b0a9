using System.Collections.Immutable;
using System.Runtime.CompilerServices;
using System.Text.Json;
using Siar.Wire;

namespace Siar.Hub;

/// <summary>
/// The hub: one log, one sequencer, one window of frames, and lanes that own the subscribers. Make one for a process, <see cref="Start"/>
/// it once, and dispose of it last. Everything but these two is safe for concurrent use.
/// </summary>
public sealed class EventHub : IHub, IAsyncDisposable
{
    private readonly HubCore _core;
    private readonly HubOptions _options;
    private readonly LaneLoop[] _lanes;
    private readonly EventAdmission _admission;
    private readonly ITimer _timer;
    private readonly List<Task> _running = [];
    private Task _sequencing = Task.CompletedTask;
    private readonly CancellationTokenSource _stopped = new();
    private volatile bool _draining;
    private volatile bool _isStarted;
    private int _disposed;
    private int _isMaintaining;

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
    {
        _options = options;
        _admission = new EventAdmission(options.Limits);
        _core = new HubCore(log, options, time, meter);
        Loops = new LoopSupervisor(Metrics);
        _lanes = [.. _core.Lanes.Select(lane => new LaneLoop(lane, Metrics.CountFailure))];
        _timer = time.CreateTimer(_ => Tick(), null, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
    }

    /// <inheritdoc />
    public JsonSerializerOptions Json => _options.Json;

    /// <summary>Whether the hub is ending its streams and takes no new ones.</summary>
    public bool IsDraining => _draining;

    /// <summary>How many streams are open.</summary>
    public long Subscribers => _core.Lanes.Sum(l => l.Counters.Subscribers);

    /// <summary>The log.</summary>
    internal IEventLog Log => _core.Log;

    /// <summary>Whether the log could not read some of the events that it keeps, since the hub was started.</summary>
    internal bool HasMetDamage => _core.Readers.DamagedThrough > 0;

    /// <summary>Tells when the log fails, and when it is well again.</summary>
    internal LogHealthWatch Health => _core.Health;

    /// <summary>What the hub measures of itself.</summary>
    internal HubMetrics Metrics => _core.Metrics;

    /// <summary>The hub's loops, and which of them have ended though they should not.</summary>
    internal LoopSupervisor Loops { get; }

    /// <summary>Tells who comes and goes on the Mercure path; null where nobody is told.</summary>
    internal PresenceFeed? Presence => _core.Presence;

    /// <summary>The limits of size, for endpoints that answer with a status of their own what they do not allow.</summary>
    internal EventAdmission Admission => _admission;

    /// <summary>How the hub behaves.</summary>
    internal HubOptions Options => _options;

    /// <summary>
    /// The id of the newest event; none where the log is empty. A publisher's own only where the event is public and nothing older has that id: it
    /// is a cursor, and goes to whoever asks.
    /// </summary>
    internal EventId NewestId => _core.NewestId;

    /// <summary>The hub's clock.</summary>
    internal HubClock Clock => _core.Clock;

    /// <summary>Whether its events are as safe as the process.</summary>
    internal bool IsInMemory => (Log is OpeningLog opening ? opening.Opened : Log) is MemoryLog;

    /// <summary>Told at the start where a shared log is trimmed by another plan than this hub's options ask for. Set once, before the hub starts.</summary>
    internal Action? OnPlanDiffers { get; set; }

    /// <summary>Opens the log where it is not open yet, and begins to work. Call it once.</summary>
    /// <exception cref="LogUnavailableException">The log could not be opened.</exception>
    internal async Task StartAsync(CancellationToken cancellationToken)
    {
        if (Log is OpeningLog { Opened: null } opening) await opening.OpenAsync(cancellationToken);
        Start();
    }

    /// <summary>Begins to work. Call it once, before anything is published.</summary>
    public void Start()
    {
        _core.Begin();
        if (_core.PlanDiffers) Guarded(() => OnPlanDiffers?.Invoke());
        _isStarted = true;
        _core.WakeLanes();
        _sequencing = Loops.RunAsync("sequencer", _core.Sequencer.RunAsync, _core.Sequencer.Abandon);
        _running.Add(Loops.RunAsync("follower", _core.Follower.RunAsync, static _ => { }));
        for (var i = 0; i < _options.LogReaders; i++) _running.Add(Loops.RunAsync("log reader", _core.Readers.RunAsync, static _ => { }));
        if (Presence is { } presence) _running.Add(Loops.RunAsync("presence", presence.RunAsync, static _ => { }));
        _timer.Change(TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(1));
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
        AppendAsync(options.ToAppend(batch, _options.IdempotencyLifetime), cancellationToken);

    /// <summary>
    /// Has the lanes deliver what was published: on this thread, as far as they are asleep and it is for few. Does not wait, and never throws.
    /// </summary>
    internal void Deliver() => ExecutionContext.Run(
        LoopTurn.Context,
        static lanes =>
        {
            foreach (var lane in (LaneLoop[])lanes!) lane.TakeTurnInPlace();
        },
        _lanes);

    /// <summary>Publishes one of the hub's own events: no limit holds for it, and no trace tells of it.</summary>
    internal async ValueTask AppendAsync(Event content, CancellationToken cancellationToken)
    {
        var publication = await _core.EnqueueAsync([content], cancellationToken);
        await publication.WaitAsync(cancellationToken);
    }

    /// <summary>Ends the stream with a number; one that is gone is left alone.</summary>
    internal void Close(long subscriber)
    {
        foreach (var lane in _core.Lanes) lane.Post(LaneMessage.CloseNumbered(subscriber));
    }

    /// <summary>Makes what tells of this hub to those who watch it.</summary>
    internal HubStatistics CreateStatistics() => new(_core);

    /// <summary>The id of a place in the log, as a cursor.</summary>
    internal EventId IdAt(long position) => _core.IdAt(position);

    /// <inheritdoc />
    public async IAsyncEnumerable<Delivery> SubscribeAsync(
        SubscribeRequest request, [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        var outlet = new DeliveryOutlet();
        var subscriber = await AttachAsync(request, outlet, cancellationToken);

        // A hub that is disposed of without a drain has no lane left that could end the stream.
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
        if (reason is EndReason.Failed or EndReason.FellBehind or EndReason.Requested) throw new SubscriptionEndedException(reason);
    }

    /// <inheritdoc cref="HubCore.PrepareAsync" />
    internal ValueTask<PreparedSubscriber> PrepareAsync(SubscribeRequest request, Outlet outlet, CancellationToken cancellationToken) =>
        _core.PrepareAsync(request, outlet, cancellationToken);

    /// <inheritdoc cref="HubCore.AttachAsync" />
    internal ValueTask<Subscriber> AttachAsync(SubscribeRequest request, Outlet outlet, CancellationToken cancellationToken) =>
        _core.AttachAsync(request, outlet, cancellationToken);

    /// <summary>
    /// Ends every stream in order, each reader told to come back after a time of its own, and those that still arrive as well. Publishing
    /// goes on. The task completes when no stream is open.
    /// </summary>
    public async Task DrainAsync(CancellationToken cancellationToken = default)
    {
        _draining = true;
        foreach (var lane in _core.Lanes) lane.Post(LaneMessage.Drain());
        await Task.WhenAll(_core.Lanes.Select(l => l.Drained)).WaitAsync(cancellationToken);
    }

    /// <summary>Appends what is queued, then stops. Streams that are still open are left to their connections. Further calls do nothing.</summary>
    public async ValueTask DisposeAsync()
    {
        if (Interlocked.Exchange(ref _disposed, 1) == 1) return;
        if (!_isStarted) _core.Sequencer.Abandon(new HubStoppedException());
        Loops.Stop();
        await _timer.DisposeAsync();
        Presence?.Stop();
        _core.Sequencer.Complete();
        await _sequencing;
        _core.Follower.Stop();
        _core.Readers.Complete();
        await Task.WhenAll(_running);
        await Task.WhenAll(_lanes.Select(l => l.StopAsync()));
        await _stopped.CancelAsync();
        Metrics.Dispose();
    }

    private async ValueTask<Published> PublishAsync(Append append, CancellationToken cancellationToken)
    {
        var (published, owesDelivery) = await AppendAsync(append, cancellationToken);
        if (owesDelivery) Deliver();
        return published;
    }

    private async ValueTask<(Published Published, bool OwesDelivery)> AppendAsync(Append append, CancellationToken cancellationToken)
    {
        var activity = Metrics.StartPublish(append.Events);
        var owesDelivery = false;
        try
        {
            var publication = new Publication(append, Clock.Time.GetTimestamp());
            if (_isStarted) await _core.Sequencer.PublishAsync(publication, cancellationToken, out owesDelivery);
            else await _core.Sequencer.EnqueueAsync(publication, cancellationToken);
            return (await publication.WaitAsync(cancellationToken), owesDelivery);
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

    private void Tick()
    {
        if (Interlocked.Exchange(ref _isMaintaining, 1) == 0) _ = MaintainAsync();
        Guarded(_core.Follower.LetGoOfTooOld);
        Presence?.Wake();
        _core.WakeLanes();
        Guarded(_core.Health.Look);
    }

    private async Task MaintainAsync()
    {
        try
        {
            await Log.MaintainAsync(_stopped.Token);
        }
        catch (OperationCanceledException) when (_stopped.IsCancellationRequested)
        {
            // The hub has stopped meanwhile.
        }
        catch (Exception failure)
        {
            Metrics.CountFailure(failure);
        }
        finally
        {
            Volatile.Write(ref _isMaintaining, 0);
        }
    }

    // A timer's callback that throws ends the process.
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
