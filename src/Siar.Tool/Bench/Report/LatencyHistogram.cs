using System.Numerics;

namespace Siar.Tool;

/// <summary>
/// Latencies in buckets of 1/64 of their size, from a microsecond to half an hour: quantiles are right to 1.6 %. Safe for concurrent use.
/// </summary>
internal sealed class LatencyHistogram
{
    private const int SubBits = 6;
    private const int Sub = 1 << SubBits;

    private readonly long[] _counts = new long[Sub * 32];
    private long _max;

    public void Record(long microseconds)
    {
        var value = Math.Clamp(microseconds, 1, 1L << 31);
        Interlocked.Increment(ref _counts[IndexOf(value)]);
        var max = Volatile.Read(ref _max);
        while (value > max)
        {
            var seen = Interlocked.CompareExchange(ref _max, value, max);
            if (seen == max) break;
            max = seen;
        }
    }

    /// <summary>What is in it now.</summary>
    public HistogramData Read()
    {
        List<int> buckets = [];
        List<long> counts = [];
        for (var i = 0; i < _counts.Length; i++)
        {
            var count = Volatile.Read(in _counts[i]);
            if (count == 0) continue;
            buckets.Add(i);
            counts.Add(count);
        }

        return new HistogramData(buckets, counts, Volatile.Read(ref _max));
    }

    /// <summary>The longest latency of a bucket, in microseconds.</summary>
    public static long HighestOf(int index)
    {
        var magnitude = Math.Max(0, (index / Sub) - 1);
        return ((index - (magnitude * Sub) + 1L) << magnitude) - 1;
    }

    private static int IndexOf(long value)
    {
        var magnitude = Math.Max(0, 63 - BitOperations.LeadingZeroCount((ulong)value) - SubBits);
        return (magnitude * Sub) + (int)(value >> magnitude);
    }
}
