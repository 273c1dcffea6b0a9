using System.Collections.Concurrent;
using System.Collections.Immutable;
using System.Diagnostics;
using System.Diagnostics.Metrics;

namespace Siar.Hub;

/// <summary>
/// What a hub measures of itself, under the meter and the activity source <c>Siar</c>. Whoever listens runs inside each call, so nothing here
/// throws what a listener throws: it is reported, and the caller goes on. Safe for concurrent use.
/// </summary>
internal sealed class HubMetrics : IDisposable
{
    /// <summary>The name of the meter and of the activity source.</summary>
    public const string Name = "Siar";

    private static readonly ActivitySource Activities = new(Name);

    private readonly Meter _meter;
    private readonly TimeProvider _time;
    private readonly FailureReporter _reporter;
    private readonly Counter<long> _publishes;
    private readonly Counter<long> _publishFailures;
    private readonly Counter<long> _refusals;
    private readonly Counter<long> _failures;
    private readonly Counter<long> _endedLoops;
    private readonly Counter<long> _damage;
    private readonly Counter<long> _presenceOverflows;
    private readonly Histogram<double> _publishDuration;
    private readonly ConcurrentDictionary<string, long> _refused = new(StringComparer.Ordinal);
    private long _published;

    /// <summary>Makes the instruments.</summary>
    /// <param name="time">The hub's clock.</param>
    /// <param name="meter">The name of the meter.</param>
    public HubMetrics(TimeProvider time, string meter)
    {
        _time = time;
        _reporter = new FailureReporter(time);
        _meter = new Meter(meter);
        _publishes = _meter.CreateCounter<long>("siar.publishes", "{event}", "Events appended to the log.");
        _publishFailures = _meter.CreateCounter<long>("siar.publish_failures", "{request}", "Publishes that the log refused.");
        _refusals = _meter.CreateCounter<long>("siar.refusals", "{request}", "Requests refused, by reason.");
        _failures = _meter.CreateCounter<long>("siar.failures", "{failure}", "Failures inside the hub.");
        _damage = _meter.CreateCounter<long>("siar.log.damage", "{read}", "Readings of the log that met damage: readers were told a gap there.");
        _endedLoops = _meter.CreateCounter<long>("siar.loops.ended", "{loop}", "Loops of the hub that ended though it has not stopped, by loop.");
        _presenceOverflows = _meter.CreateCounter<long>("siar.presence.overflows", "{overflow}", "Times that more comings and goings waited to be told than may.");
        _publishDuration = _meter.CreateHistogram<double>(
            "siar.publish.duration", "s", "From the hub taking a publish to its being as safe as the log promises.");
    }

    /// <summary>Events appended since the start.</summary>
    public long Publishes => Volatile.Read(ref _published);

    /// <summary>Requests refused since the start, by reason.</summary>
    public IReadOnlyDictionary<string, long> Refusals => _refused;

    /// <inheritdoc cref="FailureReporter.OnFailure" />
    public Action<Exception>? OnFailure
    {
        get => _reporter.OnFailure;
        set => _reporter.OnFailure = value;
    }

    /// <inheritdoc cref="FailureReporter.OnOmitted" />
    public Action<Type, long>? OnOmitted
    {
        get => _reporter.OnOmitted;
        set => _reporter.OnOmitted = value;
    }

    /// <summary>Begins the trace of a publish, if somebody listens.</summary>
    public Activity? StartPublish(ImmutableArray<Event> batch)
    {
        try
        {
            var activity = Activities.StartActivity("siar.publish", ActivityKind.Producer);
            activity?.SetTag("messaging.system", "siar");
            activity?.SetTag("messaging.destination.name", batch[0].Topics[0].Value);
            activity?.SetTag("messaging.batch.message_count", batch.Length);
            return activity;
        }
        catch (Exception failure)
        {
            CountFailure(failure);
            return null;
        }
    }

    /// <summary>Ends a trace.</summary>
    public void End(Activity? activity)
    {
        try
        {
            activity?.Dispose();
        }
        catch (Exception failure)
        {
            CountFailure(failure);
        }
    }

    /// <summary>Publishes what lanes, window and log know at the moment they are asked.</summary>
    public void Observe(EventHub hub)
    {
        var lanes = ImmutableArray.CreateRange(hub.Lanes, lane => lane.Counters);
        _meter.CreateObservableUpDownCounter("siar.subscribers", () => lanes.Sum(l => l.Subscribers), "{stream}", "Streams open.");
        _meter.CreateObservableUpDownCounter("siar.subscribers.behind", () => lanes.Sum(l => l.Behind), "{stream}", "Streams that are not level with the log.");
        _meter.CreateObservableCounter("siar.deliveries", () => lanes.Sum(l => l.Deliveries), "{event}", "Events handed to an outlet.");
        _meter.CreateObservableCounter("siar.delivered", () => lanes.Sum(l => l.Bytes), "By", "Bytes of events handed to an outlet.");
        _meter.CreateObservableCounter("siar.gaps", () => lanes.Sum(l => l.Gaps), "{gap}", "Gaps that readers met.");
        _meter.CreateObservableCounter("siar.window.hits", () => lanes.Sum(l => l.WindowHits), "{read}", "Readers served from memory.");
        _meter.CreateObservableCounter("siar.window.misses", () => lanes.Sum(l => l.WindowMisses), "{read}", "Readers that needed a page of the log.");
        _meter.CreateObservableCounter("siar.streams.ended", () => Ended(lanes), "{stream}", "Streams ended, by reason: evictions are those that stalled or fell behind.");
        _meter.CreateObservableUpDownCounter("siar.window.size", () => hub.Window.Cost, "By", "Memory that the newest frames take.");
        _meter.CreateObservableUpDownCounter("siar.patterns", () => hub.Patterns.InUse, "{pattern}", "Distinct patterns subscribed to.");
        _meter.CreateObservableUpDownCounter("siar.presence.waiting", () => hub.Presence?.Waiting ?? 0, "{event}", "Comings and goings that wait to be told.");
        _meter.CreateObservableUpDownCounter("siar.hubs", () => hub.Members.Table.Live, "{hub}", "Hubs of the log that live, this one among them.");
        _meter.CreateObservableUpDownCounter("siar.log.head", () => hub.Log.Head, "{event}", "The newest position.");
        _meter.CreateObservableUpDownCounter("siar.log.lag", () => Math.Max(0, hub.Log.Head - hub.Window.Head), "{event}", "Positions that the log has and the window has not taken yet.");
        _meter.CreateObservableUpDownCounter("siar.log.plan.differs", () => hub.PlanDiffers ? 1 : 0, "{plan}", "1 where the log is trimmed by another plan than this hub's options ask for.");
        _meter.CreateObservableUpDownCounter("siar.log.state", () => StatesOf(hub.Log.Health), "{state}", "1 for the state that the log is in, 0 for the others.");
    }

    /// <summary>Counts a publish that was acknowledged. The sequencer alone calls it.</summary>
    public void CountPublish(Publication publication)
    {
        var events = publication.Append.Events.Length;
        Volatile.Write(ref _published, _published + events);
        Add(_publishes, events);
        try
        {
            _publishDuration.Record(_time.GetElapsedTime(publication.QueuedAt).TotalSeconds);
        }
        catch (Exception failure)
        {
            CountFailure(failure);
        }
    }

    public void CountFailedPublishes(int count) => Add(_publishFailures, count);

    /// <summary>Counts a request that was not served.</summary>
    /// <param name="reason">One of a few fixed words.</param>
    public void CountRefusal(string reason)
    {
        _refused.AddOrUpdate(reason, 1, static (_, count) => count + 1);
        Add(_refusals, 1, new KeyValuePair<string, object?>("reason", reason));
    }

    /// <summary>Counts a reading that met damage.</summary>
    public void CountDamage() => Add(_damage, 1);

    /// <summary>Counts a loop that ended though the hub has not stopped.</summary>
    public void CountEndedLoop(string loop) => Add(_endedLoops, 1, new KeyValuePair<string, object?>("loop", loop));

    /// <summary>Counts that more comings and goings waited to be told than may.</summary>
    public void CountPresenceOverflow() => Add(_presenceOverflows, 1);

    /// <summary>Counts a failure inside the hub, and reports it. Never throws.</summary>
    public void CountFailure(Exception failure)
    {
        try
        {
            _failures.Add(1);
        }
        catch (Exception listener)
        {
            _reporter.Report(listener);
        }

        _reporter.Report(failure);
    }

    public void Dispose() => _meter.Dispose();

    private static IEnumerable<Measurement<long>> StatesOf(LogHealth health)
    {
        foreach (var state in Enum.GetValues<LogState>())
        {
            yield return new(state == health.State ? 1 : 0, new KeyValuePair<string, object?>("state", ReasonNames.Of(state)));
        }
    }

    private void Add(Counter<long> counter, long amount, params ReadOnlySpan<KeyValuePair<string, object?>> tags)
    {
        try
        {
            counter.Add(amount, tags);
        }
        catch (Exception failure)
        {
            CountFailure(failure);
        }
    }

    private static IEnumerable<Measurement<long>> Ended(ImmutableArray<LaneCounters> lanes)
    {
        foreach (var reason in Enum.GetValues<EndReason>())
        {
            yield return new(lanes.Sum(l => l.Ended(reason)), new KeyValuePair<string, object?>("reason", ReasonNames.Of(reason)));
        }
    }
}
