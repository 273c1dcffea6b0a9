namespace Siar.Hub;

/// <summary>What a lane has done. The lane alone writes, without a lock; metrics read whenever they like.</summary>
internal sealed class LaneCounters
{
    private long _deliveries;
    private long _bytes;
    private long _gaps;
    private long _windowHits;
    private long _windowMisses;
    private long _subscribers;
    private long _behind;
    private readonly long[] _ended = new long[Enum.GetValues<EndReason>().Length];

    /// <summary>From publishes to the writes to subscribers that were level; the oldest event of a write counts.</summary>
    public LatencyCounts Latency { get; } = new();

    public long Deliveries => Volatile.Read(ref _deliveries);

    public long Bytes => Volatile.Read(ref _bytes);

    public long Gaps => Volatile.Read(ref _gaps);

    /// <summary>How often a reader that was to be written to was within the window.</summary>
    public long WindowHits => Volatile.Read(ref _windowHits);

    /// <summary>How often it was not, so that a page of the log was read for it.</summary>
    public long WindowMisses => Volatile.Read(ref _windowMisses);

    public long Subscribers => Volatile.Read(ref _subscribers);

    /// <summary>Subscribers that are not level with the lane's head.</summary>
    public long Behind => Volatile.Read(ref _behind);

    public long Ended(EndReason reason) => Volatile.Read(ref _ended[(int)reason]);

    public void AddDeliveries(int events, long bytes)
    {
        Volatile.Write(ref _deliveries, _deliveries + events);
        Volatile.Write(ref _bytes, _bytes + bytes);
    }

    public void AddGap() => Volatile.Write(ref _gaps, _gaps + 1);

    public void AddWindowHit() => Volatile.Write(ref _windowHits, _windowHits + 1);

    public void AddWindowMiss() => Volatile.Write(ref _windowMisses, _windowMisses + 1);

    public void AddEnded(EndReason reason) => Volatile.Write(ref _ended[(int)reason], _ended[(int)reason] + 1);

    public void SetSubscribers(int all, int level)
    {
        Volatile.Write(ref _subscribers, all);
        Volatile.Write(ref _behind, all - level);
    }
}
