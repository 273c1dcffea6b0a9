namespace Siar.Tool;

/// <summary>What all readers have received. Safe for concurrent use.</summary>
internal sealed class BenchTally
{
    private long _deliveries;
    private long _bytes;
    private long _missed;
    private long _repeated;
    private long _ended;

    public LatencyHistogram Latency { get; private set; } = new();

    public long Deliveries => Volatile.Read(ref _deliveries);

    public long Bytes => Volatile.Read(ref _bytes);

    /// <summary>Events that a reader did not get though it got a later one.</summary>
    public long Missed => Volatile.Read(ref _missed);

    /// <summary>Events that came again, or after a later one.</summary>
    public long Repeated => Volatile.Read(ref _repeated);

    /// <summary>Streams that ended during the run.</summary>
    public long Ended => Volatile.Read(ref _ended);

    public void CountDelivery(TimeSpan latency)
    {
        Interlocked.Increment(ref _deliveries);
        Latency.Record((long)latency.TotalMicroseconds);
    }

    public void CountDisorder(long skipped)
    {
        if (skipped > 0) Interlocked.Add(ref _missed, skipped);
        else Interlocked.Increment(ref _repeated);
    }

    public void CountBytes(int bytes) => Interlocked.Add(ref _bytes, bytes);

    public void CountEnd() => Interlocked.Increment(ref _ended);

    /// <summary>Begins to count anew, after the warm-up; what a reader has seen is kept.</summary>
    public void Restart()
    {
        Interlocked.Exchange(ref _deliveries, 0);
        Interlocked.Exchange(ref _bytes, 0);
        Latency = new LatencyHistogram();
    }
}
