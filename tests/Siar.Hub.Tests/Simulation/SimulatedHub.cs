using System.Collections.Immutable;
using Siar.Topics;
using Siar.TestKit;
using Siar.Wire;

namespace Siar.Hub.Tests.Simulation;

/// <summary>A hub whose parts take their turns when the schedule says so, with everything small, so that each edge is met often.</summary>
internal sealed class SimulatedHub
{
    private readonly List<PublishedEvent> _published = [];
    private readonly List<Publication> _pending = [];
    private readonly HubOptions _options;
    private readonly HubTuning _tuning;
    private readonly Random _random;
    private readonly RetentionLimits _limits;
    private readonly ImmutableArray<RetentionClass> _classes;
    private readonly bool _isDurable;
    private readonly int _trimmedTopics;
    private readonly double _failures;
    private readonly bool _loggerThrows;
    private readonly string _meter;
    private int _life;

    public SimulatedHub(Random random, string meter)
    {
        _random = random;
        _meter = meter;
        _failures = random.Next(3) == 0 ? random.NextDouble() * 0.2 : 0;
        _loggerThrows = random.Next(2) == 0;
        HasOthers = random.Next(2) == 0;
        _isDurable = random.Next(2) == 0;
        _limits = new RetentionLimits(random.Next(4, 60), random.Next(3) == 0 ? TimeSpan.FromSeconds(random.Next(5, 60)) : null, null);
        _classes = random.Next(2) == 0 ? [] : [new RetentionClass("b", new RetentionLimits(random.Next(2, 20), null, null))];
        _trimmedTopics = random.Next(4) == 0 ? random.Next(3) : 1_000;
        _tuning = new HubTuning
        {
            WriteBytes = random.Next(20, 400),
            EventsExamined = random.Next(1, 12),
            RecentPositions = random.Next(2, 6),
            Messages = random.Next(1, 6),
            Events = random.Next(1, 8),
            LiveWrites = random.Next(1, 4),
            BehindWrites = random.Next(1, 4),
            Deadlines = random.Next(1, 5),
            PageEvents = random.Next(1, 10),
            PageBytes = random.Next(10, 300),
        };
        _options = new HubOptions
        {
            Lanes = random.Next(1, 4),
            KeepAlive = TimeSpan.FromSeconds(random.Next(1, 20)),
            MaxLifetime = TimeSpan.FromSeconds(random.Next(4) == 0 ? random.Next(5, 60) : 0),
            WriteDeadline = TimeSpan.FromSeconds(random.Next(2, 30)),
            MaxBatch = random.Next(1, 6),
        };
        Log = NewLog();
        Core = Begin();
    }

    public ManualTimeProvider Time { get; } = new();

    /// <summary>Whether other hubs append to the log.</summary>
    public bool HasOthers { get; }

    public EventHub Core { get; private set; }

    public SimulatedLog Log { get; private set; }

    public IEnumerable<PublishedEvent> PublishedAfter(long position) =>
        _published.SkipWhile(p => p.Life != _life || p.Position <= position);

    /// <summary>Where the model says that an id leads for sure: the first event with it, if the log has it still.</summary>
    public long? PositionOf(EventId id)
    {
        if (HubEventId.TryParse(id, out var hubId)) return hubId.Epoch == Core.Log.Epoch ? hubId.Position : null;
        return _published.Find(p => p.Life == _life && p.Logged.Content.Id == id) is { } first && IsKept(first) ? first.Position : null;
    }

    /// <summary>
    /// Where an id may lead otherwise: the first event with it may be in memory though the log has dropped it, and a publisher may have
    /// used the id again after that.
    /// </summary>
    public IReadOnlyList<long> PossiblePositionsOf(EventId id) =>
        [.. _published.Where(p => p.Life == _life && p.Logged.Content.Id == id).Select(p => p.Position)];

    /// <summary>Everything that was published in the present life, up to a position.</summary>
    public IEnumerable<PublishedEvent> PublishedThrough(long position) => _published.Where(p => p.Life == _life && p.Position <= position);

    /// <summary>The event that closed a topic; null while it is open.</summary>
    public PublishedEvent? ClosingOf(Topic topic) =>
        _published.Find(p => p.Life == _life && p.Logged.Content.IsClosing && p.Logged.Content.Topics[0] == topic);

    /// <summary>Whether the log has an event still, not counting what it keeps for a key alone.</summary>
    public bool Keeps(PublishedEvent published) => IsKept(published);

    /// <summary>The highest position at which something that the reader may have asked for is gone from the log.</summary>
    public long TrimmedThrough(SimulatedReader reader) =>
        _published.Where(p => p.Life == _life && !IsKept(p) && MayMeet(reader, p)).Select(p => p.Position).DefaultIfEmpty(0).Max();

    public Subscriber Attach(SubscribeRequest request, Outlet outlet) =>
        Core.AttachAsync(request, outlet, CancellationToken.None).AsTask().GetAwaiter().GetResult();

    public void Publish(Event content)
    {
        var publication = Core.EnqueueAsync([content], CancellationToken.None).AsTask().GetAwaiter().GetResult();
        _pending.Add(publication);
    }

    /// <summary>Another hub on the same log publishes, and this one hears of it at once or later.</summary>
    public void PublishElsewhere(Event content)
    {
        Log.AppendElsewhereAsync(content).AsTask().GetAwaiter().GetResult();
        if (_random.Next(2) == 0) Log.Hear();
    }

    public void RunSequencer()
    {
        Core.Sequencer.RunBatchAsync().AsTask().GetAwaiter().GetResult();
        foreach (var publication in _pending.TakeWhile(p => p.Done.IsCompleted)) CheckAnswer(publication);
        _pending.RemoveAll(p => p.Done.IsCompleted);
    }

    // What is acknowledged is in the log; what failed is not, but where its answer was lost.
    private void CheckAnswer(Publication publication)
    {
        if (publication.Done.Exception?.InnerException is LogUnavailableException failure)
        {
            _failures.ShouldBeGreaterThan(0);
            if (!failure.MayBeKept) _published.ShouldNotContain(p => publication.Append.Events.Contains(p.Logged.Content), "a publish failed of which the log keeps something");
        }
        else if (publication.Done.IsFaulted)
        {
            IsAnyClosed(publication.Append.Events).ShouldBeTrue("a publish was refused although no topic of it is closed");
        }
        else if (!publication.Done.Result.IsRepeat)
        {
            foreach (var logged in publication.Done.Result.Events) _published.ShouldContain(p => p.Life == _life && p.Logged == logged, "a publish was acknowledged that the log does not keep");
        }
    }

    public bool RunFollower() => Core.Log.Head > Core.Window.Head && Core.Follower.TakeAsync().AsTask().GetAwaiter().GetResult();

    public bool RunLane() => Core.Lanes[_random.Next(Core.Lanes.Length)].Turn();

    public bool RunReader() => Core.Pages.Waiting > 0 && Core.Pages.RunOneAsync().AsTask().GetAwaiter().GetResult();

    public void Advance()
    {
        Time.Advance(TimeSpan.FromMilliseconds(_random.Next(100, 8_000)));
        Core.Log.MaintainAsync().AsTask().GetAwaiter().GetResult();
        Core.Follower.LetGoOfTooOld();
    }

    /// <summary>The process dies and another takes its place: what was queued and not acknowledged is gone.</summary>
    public void Restart()
    {
        _pending.Clear();
        Core.Metrics.Dispose();
        if (!_isDurable)
        {
            _life++;
            Log = NewLog();
        }

        Log.Hear();
        Core = Begin();
    }

    /// <summary>From now on nothing fails.</summary>
    public void Mend() => Log.Fails = false;

    /// <summary>Takes turns until nobody has anything left to do.</summary>
    public void Settle()
    {
        Log.Hear();
        while (_pending.Count > 0) RunSequencer();
        while (RunFollower())
        {
        }

        for (var quiet = 0; quiet < 2; quiet++)
        {
            while (RunReader()) quiet = 0;
            foreach (var lane in Core.Lanes)
            {
                while (lane.Turn()) quiet = 0;
            }
        }
    }

    // Of a durable log the hub sees what it sees of one in memory that outlives it: the same events, the same life.
    private SimulatedLog NewLog()
    {
        var log = new MemoryLog(new RetentionPlan(_limits, _classes) { TrimmedTopics = _trimmedTopics }, Time) { MaxScanned = _random.Next(1, 20) };
        return new SimulatedLog(log, _random, _failures, kept => _published.AddRange(kept.Select(logged => new PublishedEvent(_life, logged))));
    }

    private bool IsAnyClosed(ImmutableArray<Event> events) => events.Any(e => e.Topics.Any(t => ClosingOf(t) is not null));

    private EventHub Begin()
    {
        var window = new FrameWindow(Log.Head, _random.Next(500, 6_000), _random.Next(60, 600), _random.Next(1, 6));
        var core = new EventHub(Log, _options, Time, window, _tuning, _random.NextDouble, _meter);
        if (_loggerThrows) core.Metrics.OnFailure = _ => throw new InvalidOperationException("logger");
        return core;
    }

    // The plain model of retention: each class keeps its newest so many, and none that is too old.
    private bool IsKept(PublishedEvent published)
    {
        var retention = ClassOf(published);
        var limits = retention?.Limits ?? _limits;
        var newer = _published.Count(p => p.Life == _life && p.Position > published.Position && ClassOf(p) == retention);
        return newer < limits.MaxCount && !(Time.GetUtcNow() - published.Logged.Time > limits.MaxAge);
    }

    private RetentionClass? ClassOf(PublishedEvent published) =>
        _classes.FirstOrDefault(c => published.Logged.Content.Topics[0].Value.StartsWith(c.Prefix, StringComparison.Ordinal));

    // Where every topic is remembered a gap is told only over what the reader asked for; of private events any grant may have been for them.
    private bool MayMeet(SimulatedReader reader, PublishedEvent published) => _trimmedTopics > 100
        ? reader.Matchers.MatchesAny(published.Logged.Content.Topics) && (!published.Logged.Content.IsPrivate || !reader.Grants.Matchers.IsEmpty)
        : MayHaveMet(reader, published);

    private bool MayHaveMet(SimulatedReader reader, PublishedEvent published) =>
        reader.Matchers.Matchers.Any(m => m.Kind is not MatcherKind.Exact)
        || published.Logged.Content.Topics.Length > 1
        || reader.Matchers.Matchers.Any(m => _classes.FirstOrDefault(c => m.Value.StartsWith(c.Prefix, StringComparison.Ordinal)) == ClassOf(published));
}
