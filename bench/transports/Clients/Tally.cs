using Siar.Tool;

namespace Siar.Bench.Transports.Clients;

/// <summary>What all clients of a process have counted since they were opened, or since it was made anew. Safe for concurrent use.</summary>
internal sealed class Tally
{
    private readonly LatencyHistogram _latency = new();
    private long _delivered;
    private long _repeated;
    private long _ended;
    private long _in;
    private long _out;

    public long Delivered => Interlocked.Read(ref _delivered);

    public void CountIn(int bytes) => Interlocked.Add(ref _in, bytes);

    public void CountOut(int bytes) => Interlocked.Add(ref _out, bytes);

    public void CountEnd() => Interlocked.Increment(ref _ended);

    public void CountRepeat() => Interlocked.Increment(ref _repeated);

    public void CountDelivery(long microseconds)
    {
        _latency.Record(microseconds);
        Interlocked.Increment(ref _delivered);
    }

    public LoadState Read() => new()
    {
        Delivered = Delivered,
        Repeated = Interlocked.Read(ref _repeated),
        Ended = Interlocked.Read(ref _ended),
        BytesIn = Interlocked.Read(ref _in),
        BytesOut = Interlocked.Read(ref _out),
        CpuMicroseconds = Environment.CpuUsage.TotalTime.TotalMicroseconds,
        Latency = _latency.Read(),
    };
}
