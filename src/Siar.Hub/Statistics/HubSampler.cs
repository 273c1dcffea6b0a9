using System.Collections.Immutable;

namespace Siar.Hub;

/// <summary>Makes a sample of what a hub's counters gained since the last one. One caller at a time.</summary>
internal sealed class HubSampler
{
    private readonly EventHub _hub;
    private readonly ImmutableArray<LaneCounters> _lanes;
    private readonly long[] _latencies;
    private long _at;
    private long _publishes;
    private long _deliveries;
    private long _bytes;
    private TimeSpan _processor;

    public HubSampler(EventHub hub)
    {
        _hub = hub;
        _lanes = [.. hub.Lanes.Select(l => l.Counters)];
        _latencies = new long[_lanes[0].Latency.Buckets];
        Take();
    }

    /// <summary>The time between the last two samples.</summary>
    public TimeSpan Elapsed { get; private set; }

    /// <summary>Takes a sample.</summary>
    public HubSample Take()
    {
        var clock = _hub.Clock.Time;
        var now = clock.GetTimestamp();
        Elapsed = clock.GetElapsedTime(_at, now);
        _at = now;
        var latencies = GainOfLatencies();
        return new HubSample
        {
            Time = _hub.Clock.Now.ToUnixTimeMilliseconds(),
            Connections = _lanes.Sum(l => l.Subscribers),
            Behind = _lanes.Sum(l => l.Behind),
            Publishes = Rate(ref _publishes, _hub.Metrics.Publishes),
            Deliveries = Rate(ref _deliveries, _lanes.Sum(l => l.Deliveries)),
            Bytes = Rate(ref _bytes, _lanes.Sum(l => l.Bytes)),
            LatencyMedian = LatencyCounts.Quantile(latencies, 0.5),
            LatencyHigh = LatencyCounts.Quantile(latencies, 0.99),
            Gaps = _lanes.Sum(l => l.Gaps),
            Refusals = _hub.Metrics.Refusals,
            Ended = Ended(),
            Memory = Environment.WorkingSet,
            Heap = GC.GetTotalMemory(forceFullCollection: false),
            Window = _hub.Window.Cost,
            Processors = Processors(),
            Head = _hub.Window.Head,
        };
    }

    private long[] GainOfLatencies()
    {
        var all = new long[_latencies.Length];
        foreach (var lane in _lanes) lane.Latency.AddTo(all);
        var gain = new long[all.Length];
        for (var i = 0; i < all.Length; i++) gain[i] = all[i] - _latencies[i];
        all.CopyTo(_latencies, 0);
        return gain;
    }

    private double Rate(ref long last, long value)
    {
        var gain = value - last;
        last = value;
        return Elapsed > TimeSpan.Zero ? Math.Round(gain / Elapsed.TotalSeconds, 1) : 0;
    }

    private double Processors()
    {
        // Not told on every system.
        if (OperatingSystem.IsIOS() || OperatingSystem.IsTvOS() || OperatingSystem.IsBrowser()) return 0;
        var total = Environment.CpuUsage.TotalTime;
        var used = total - _processor;
        _processor = total;
        return Elapsed > TimeSpan.Zero ? Math.Round(used / Elapsed, 3) : 0;
    }

    private Dictionary<string, long> Ended()
    {
        var ended = new Dictionary<string, long>(StringComparer.Ordinal);
        foreach (var reason in Enum.GetValues<EndReason>())
        {
            if (_lanes.Sum(l => l.Ended(reason)) is > 0 and var count) ended.Add(ReasonNames.Of(reason), count);
        }

        return ended;
    }
}
