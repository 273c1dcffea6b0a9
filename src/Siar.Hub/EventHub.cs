using System.Collections.Immutable;
using System.Runtime.CompilerServices;
using System.Text.Json;

namespace Siar.Hub;

/// <summary>
/// The hub: one log, one sequencer, one window of frames, and lanes that own the subscribers. Make one for a process, <see cref="Start"/>
/// it once, and dispose of it last. Everything but these two is safe for concurrent use.
/// </summary>
public sealed class EventHub : IHub, IAsyncDisposable
{
    private readonly HubOptions _options;
    private readonly Sequencer _sequencer;
    private readonly LogReaders _readers;
    private readonly LaneThread[] _lanes;
    private readonly HubClock _clock;
    private readonly EventAdmission _admission;
    private readonly ITimer _timer;
    private readonly List<Task> _running = [];
    private int _nextLane;
    private volatile bool _draining;

    /// <summary>Makes a hub over a log that is open.</summary>
    /// <param name="log">Where events are kept; the hub does not dispose of it.</param>
    /// <param name="options">How the hub behaves; read now.</param>
    /// <param name="time">The clock, <see cref="TimeProvider.System"/> outside tests.</param>
    public EventHub(IEventLog log, HubOptions options, TimeProvider time)
    {
        Log = log;
        _options = options;
        _clock = new HubClock(time);
        _admission = new EventAdmission(options.Limits);
        Window = new FrameWindow(log.Head, options.WindowBytes);
        Patterns = new PatternBudget(options.Limits);
        Metrics = new HubMetrics(time);
        _readers = new LogReaders(log, options.PageBytes, Metrics.CountFailure);
        _sequencer = new Sequencer(log, Window, Metrics, options, time, WakeLanes);
        var context = new LaneContext(log, Window, _readers, Patterns, _clock, options, Random.Shared.NextDouble);
        _lanes = [.. Enumerable.Range(0, options.Lanes).Select(i => new LaneThread(i, context, Metrics.CountFailure))];
        Metrics.Observe(this, [.. _lanes.Select(l => l.Lane.Counters)]);
        _timer = time.CreateTimer(_ => Tick(), null, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
    }

    /// <summary>Whether the hub is ending its streams and takes no new ones.</summary>
    public bool IsDraining => _draining;

    /// <summary>The log.</summary>
    internal IEventLog Log { get; }

    /// <summary>The newest frames.</summary>
    internal FrameWindow Window { get; }

    /// <summary>What the hub measures of itself.</summary>
    internal HubMetrics Metrics { get; }

    /// <summary>The bound on distinct patterns.</summary>
    internal PatternBudget Patterns { get; }

    /// <summary>How the hub behaves.</summary>
    internal HubOptions Options => _options;

    /// <summary>The hub's clock.</summary>
    internal HubClock Clock => _clock;

    /// <inheritdoc />
    public JsonSerializerOptions Json => _options.Json;

    /// <summary>How many streams are open.</summary>
    public long Subscribers => _lanes.Sum(l => l.Lane.Counters.Subscribers);

    /// <summary>Begins to work. Call it once, before anything is published.</summary>
    public void Start()
    {
        foreach (var lane in _lanes) lane.Start();
        _running.Add(Task.Run(_sequencer.RunAsync));
        for (var i = 0; i < _options.LogReaders; i++) _running.Add(Task.Run(_readers.RunAsync));
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
        if (_admission.Check(batch) is { } error) throw new ArgumentException(error, nameof(batch));
        using var activity = HubMetrics.StartPublish(batch);
        var publication = new Publication(new Append(batch), _clock.Time.GetTimestamp());
        await _sequencer.EnqueueAsync(publication, cancellationToken);
        return await publication.Done;
    }

    /// <inheritdoc />
    public async IAsyncEnumerable<Delivery> SubscribeAsync(
        SubscribeRequest request, [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        var outlet = new DeliveryOutlet();
        var subscriber = await AttachAsync(request, outlet, cancellationToken);
        try
        {
            await foreach (var delivery in outlet.ReadAllAsync(cancellationToken)) yield return delivery;
        }
        finally
        {
            subscriber.Close(EndReason.PeerClosed);
        }
    }

    /// <summary>Hands a reader to a lane. From then on the lane alone calls the outlet, until <see cref="Subscriber.Ended"/>.</summary>
    /// <exception cref="LimitExceededException">The request holds more patterns than the hub may have.</exception>
    internal async ValueTask<Subscriber> AttachAsync(SubscribeRequest request, Outlet outlet, CancellationToken cancellationToken)
    {
        // Before anything is awaited: what is published from here on is wanted.
        var head = Log.Head;
        var start = request.Start.Kind switch
        {
            CursorKind.Now => new ResolvedCursor(head, null),
            CursorKind.Earliest => new ResolvedCursor(0, null),
            _ => await Log.ResolveAsync(request.Start.Id, cancellationToken),
        };

        Patterns.Take(request.Matchers);
        var lane = _lanes[(int)((uint)Interlocked.Increment(ref _nextLane) % (uint)_lanes.Length)].Lane;
        var subscriber = new Subscriber(request, outlet, lane)
        {
            Cursor = start.Position,
            PendingGap = start.Gap,
            TakesWhatIsKept = request.Start.Kind is CursorKind.Earliest,
        };
        lane.Post(LaneMessage.Add(subscriber));
        return subscriber;
    }

    /// <summary>
    /// Ends every stream in order, each reader told to come back after a time of its own, and those that still arrive as well. Publishing
    /// goes on. The task completes when no stream is open.
    /// </summary>
    public async Task DrainAsync(CancellationToken cancellationToken = default)
    {
        _draining = true;
        foreach (var lane in _lanes) lane.Lane.Post(LaneMessage.Drain());
        await Task.WhenAll(_lanes.Select(l => l.Lane.Drained)).WaitAsync(cancellationToken);
    }

    /// <summary>Appends what is queued, then stops. Streams that are still open are left to their connections.</summary>
    public async ValueTask DisposeAsync()
    {
        await _timer.DisposeAsync();
        _sequencer.Complete();
        _readers.Complete();
        await Task.WhenAll(_running);
        foreach (var lane in _lanes) lane.Dispose();
        Metrics.Dispose();
    }

    private void WakeLanes()
    {
        foreach (var lane in _lanes) lane.Wake();
    }

    private void Tick()
    {
        if (Log is IRetainingLog retaining) retaining.Trim();
        _sequencer.Maintain();
        WakeLanes();
    }
}
