using System.Collections.Immutable;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Siar.Topics;
using Siar.Wire;

namespace Siar.Hub;

/// <summary>
/// What a hub tells of itself, as events: a sample a second under <see cref="Samples"/>, kept for five minutes; and, while somebody
/// reads them, the most active topics and the connections that are furthest behind. They live in a small hub of their own in memory, so
/// that they are never among users' events, cost a durable log nothing, and those who watch are not among those who are counted.
/// Safe for concurrent use, once started.
/// </summary>
internal sealed class HubStatistics : IAsyncDisposable
{
    /// <summary>The topic of <see cref="HubSample"/>s.</summary>
    public const string Samples = "statistics";

    /// <summary>The topic of <see cref="TopicsSample"/>s.</summary>
    public const string Topics = "topics";

    /// <summary>The topic of <see cref="ConnectionsSample"/>s.</summary>
    public const string Connections = "connections";

    /// <summary>For how long samples are kept.</summary>
    public static readonly TimeSpan History = TimeSpan.FromMinutes(5);

    private const int MostTopics = 100;
    private const int MostConnections = 500;
    private const int EventsRemembered = 1_000;
    private static readonly TimeSpan Period = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan Shared = TimeSpan.FromMilliseconds(250);

    private readonly EventHub _hub;
    private readonly MemoryLog _log;
    private readonly HubSampler _sampler;
    private readonly TopicActivity _activity;
    private readonly OldestEvents _oldest;
    private readonly CancellationTokenSource _stopping = new();
    private readonly SemaphoreSlim _wanted = new(0);
    private Task _running = Task.CompletedTask;
    private int _topicReaders;
    private int _connectionReaders;
    private int _disposed;

    // When the lanes were asked last. Touched by the loop only.
    private long? _toldAt;

    /// <summary>Makes the statistics of a hub. Nothing is measured before <see cref="Start"/>.</summary>
    public HubStatistics(EventHub hub)
    {
        _hub = hub;
        var options = StreamOptions();
        _log = new MemoryLog(options.Retention, options.RetentionClasses, hub.Clock.Time);
        Stream = new EventHub(_log, options, hub.Clock.Time, "Siar.Statistics");
        Stream.Metrics.OnFailure = hub.Metrics.CountFailure;
        _sampler = new HubSampler(hub);
        _activity = new TopicActivity(hub.Window, new Random());
        _oldest = new OldestEvents(hub.Log);
    }

    /// <summary>The hub that the events are read from.</summary>
    public EventHub Stream { get; }

    /// <summary>Begins to measure.</summary>
    public void Start()
    {
        Stream.Start();
        _running = Stream.Loops.RunAsync("statistics", RunAsync, static _ => { });
    }

    /// <summary>Says that somebody begins to read a topic, who shall not have to wait for the next second.</summary>
    public void Enter(string topic)
    {
        if (topic == Topics) Interlocked.Increment(ref _topicReaders);
        else if (topic == Connections) Interlocked.Increment(ref _connectionReaders);
        else return;
        _wanted.Release();
    }

    /// <summary>Says that somebody has read a topic.</summary>
    public void Leave(string topic)
    {
        if (topic == Topics) Interlocked.Decrement(ref _topicReaders);
        else if (topic == Connections) Interlocked.Decrement(ref _connectionReaders);
    }

    public async ValueTask DisposeAsync()
    {
        if (Interlocked.Exchange(ref _disposed, 1) == 1) return;
        Stream.Loops.Stop();
        await _stopping.CancelAsync();
        await _running;
        await Stream.DisposeAsync();
        await _log.DisposeAsync();
        _stopping.Dispose();
        _wanted.Dispose();
    }

    private static HubOptions StreamOptions()
    {
        var options = new HubOptions { Lanes = 1, LogReaders = 1, WindowBytes = 4 << 20, PageBytes = 1 << 20, Retention = new RetentionLimits(1, null, null) };
        options.RetentionClasses.Add(new RetentionClass(Samples, new RetentionLimits(null, History, null)));
        options.RetentionClasses.Add(new RetentionClass(Topics, new RetentionLimits(1, null, null)));
        options.RetentionClasses.Add(new RetentionClass(Connections, new RetentionLimits(1, null, null)));
        return options;
    }

    private async Task RunAsync()
    {
        var due = _hub.Clock.Time.GetTimestamp();
        var isAsked = false;
        await SafelyAsync(RememberAsync);
        while (!_stopping.IsCancellationRequested)
        {
            var left = Period - _hub.Clock.Time.GetElapsedTime(due);
            if (left > TimeSpan.Zero)
            {
                if (isAsked && LeftOfShared < left) left = LeftOfShared;
                if (left > TimeSpan.Zero) isAsked |= await WaitAsync(left);
                if (isAsked && LeftOfShared <= TimeSpan.Zero) await TellAsync();
            }

            if (_hub.Clock.Time.GetElapsedTime(due) < Period) continue;
            due = _hub.Clock.Time.GetTimestamp();
            await SafelyAsync(TellSampleAsync);
            await TellAsync();
        }

        Task TellAsync()
        {
            isAsked = false;
            return SafelyAsync(TellReadersAsync);
        }
    }

    // Each look asks every lane: those who begin to read within this time share one.
    private TimeSpan LeftOfShared => _toldAt is { } moment ? Shared - _hub.Clock.Time.GetElapsedTime(moment) : TimeSpan.Zero;

    // A log that cannot be read now, say, must not end the figures for good.
    private async Task SafelyAsync(Func<Task> tell)
    {
        try
        {
            await tell();
        }
        catch (Exception failure) when (failure is OperationCanceledException or HubStoppedException)
        {
            // The hub ends, and with it what it tells of itself.
        }
        catch (Exception failure)
        {
            _hub.Metrics.CountFailure(failure);
        }
    }

    /// <summary>Waits; true where somebody new wants to be told before the time is over.</summary>
    private async Task<bool> WaitAsync(TimeSpan time)
    {
        var wanted = _wanted.WaitAsync();
        var delay = Task.Delay(time, _hub.Clock.Time, _stopping.Token);
        if (await Task.WhenAny(wanted, delay) == wanted) return true;

        // One that waits would take the next word for itself.
        _wanted.Release();
        await wanted;
        return false;
    }

    private async Task RememberAsync()
    {
        var page = await _hub.Log.ReadAsync(new LogQuery(Math.Max(0, _hub.Log.Head - EventsRemembered), MatcherSet.All, EventsRemembered, 1 << 20), _stopping.Token);
        foreach (var logged in page.Events)
        {
            if (logged.Position <= _hub.Window.Start && !logged.Content.IsRevocation) _activity.Remember(logged);
        }
    }

    private async Task TellSampleAsync()
    {
        var sample = _sampler.Take();
        _activity.CatchUp(_sampler.Elapsed);
        await TellAsync(Samples, sample, SampleJson.Default.HubSample);
    }

    private async Task TellReadersAsync()
    {
        var wantsTopics = Volatile.Read(ref _topicReaders) > 0;
        var wantsConnections = Volatile.Read(ref _connectionReaders) > 0;
        if (!wantsTopics && !wantsConnections) return;
        _toldAt = _hub.Clock.Time.GetTimestamp();

        var active = wantsTopics ? _activity.MostActive(MostTopics) : [];
        var snapshots = await TakeSnapshotAsync([.. active.Select(a => a.Topic)], wantsConnections ? MostConnections : 0);
        var now = _hub.Clock.Now.ToUnixTimeMilliseconds();
        if (wantsTopics)
        {
            var topics = new List<TopicSample>(active.Count);
            for (var i = 0; i < active.Count; i++)
            {
                var (topic, rate, events, newest) = active[i];
                var oldest = await _oldest.FindAsync(topic, _stopping.Token);
                topics.Add(new TopicSample(
                    topic.Value, Math.Round(rate, 1), events, snapshots.Sum(s => s.Subscribers(i)), oldest?.ToUnixTimeMilliseconds(), newest.ToUnixTimeMilliseconds()));
            }

            await TellAsync(Topics, new TopicsSample(now, _activity.Known, topics), SampleJson.Default.TopicsSample);
        }

        if (!wantsConnections) return;
        var connections = snapshots.SelectMany(s => s.Furthest).OrderByDescending(c => c.Lag).ThenBy(c => c.Number).Take(MostConnections).ToList();
        var total = _hub.Lanes.Sum(l => l.Counters.Subscribers);
        await TellAsync(Connections, new ConnectionsSample(now, total, connections), SampleJson.Default.ConnectionsSample);
    }

    private async Task<LaneSnapshot[]> TakeSnapshotAsync(ImmutableArray<Topic> topics, int most)
    {
        var snapshots = new LaneSnapshot[_hub.Lanes.Length];
        for (var i = 0; i < snapshots.Length; i++)
        {
            snapshots[i] = new LaneSnapshot(topics, most);
            _hub.Lanes[i].Post(LaneMessage.TakeSnapshot(snapshots[i]));
        }

        await Task.WhenAll(snapshots.Select(s => s.Done)).WaitAsync(_stopping.Token);
        return snapshots;
    }

    private async ValueTask TellAsync<T>(string topic, T sample, JsonTypeInfo<T> json) =>
        await Stream.AppendAsync(new Event([Topic.Parse(topic)], JsonSerializer.SerializeToUtf8Bytes(sample, json)) { Type = EventType.Parse(topic) }, _stopping.Token);
}
