namespace Siar.Tool;

/// <summary>What all readers of a process have received. Safe for concurrent use.</summary>
internal sealed class DeliveryTally
{
    private long _deliveries;
    private long _slowDeliveries;
    private long _bytes;
    private long _missed;
    private long _repeated;
    private long _ended;

    /// <summary>From the moment when an event was due to when it was received, of readers that do read.</summary>
    public LatencyHistogram Latency { get; private set; } = new();

    /// <summary>Events received, those of slow readers not among them.</summary>
    public long Deliveries => Volatile.Read(ref _deliveries);

    public long SlowDeliveries => Volatile.Read(ref _slowDeliveries);

    public long Bytes => Volatile.Read(ref _bytes);

    /// <summary>Events that a reader did not get though it got a later one.</summary>
    public long Missed => Volatile.Read(ref _missed);

    /// <summary>Events that came again, or after a later one.</summary>
    public long Repeated => Volatile.Read(ref _repeated);

    /// <summary>Streams that ended during the run.</summary>
    public long Ended => Volatile.Read(ref _ended);

    public void CountDelivery(long microseconds)
    {
        Interlocked.Increment(ref _deliveries);
        Latency.Record(microseconds);
    }

    public void CountSlowDelivery() => Interlocked.Increment(ref _slowDeliveries);

    public void CountDisorder(long skipped)
    {
        if (skipped > 0) Interlocked.Add(ref _missed, skipped);
        else Interlocked.Increment(ref _repeated);
    }

    public void CountBytes(int bytes) => Interlocked.Add(ref _bytes, bytes);

    public void CountEnd() => Interlocked.Increment(ref _ended);

    /// <summary>Begins to count deliveries in time anew; what went wrong, what slow readers had, and what a reader has seen is kept.</summary>
    public void Restart()
    {
        Interlocked.Exchange(ref _deliveries, 0);
        Interlocked.Exchange(ref _bytes, 0);
        Latency = new LatencyHistogram();
    }
}
