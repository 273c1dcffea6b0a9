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

    public long Count => _counts.Sum(static c => Volatile.Read(in c));

    /// <summary>The longest, in microseconds.</summary>
    public long Max => Volatile.Read(ref _max);

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

    /// <summary>The time within which a share of all lay, in microseconds; 0 where there are none.</summary>
    public long Quantile(double share)
    {
        var wanted = (long)Math.Ceiling(Count * share);
        long seen = 0;
        for (var i = 0; i < _counts.Length; i++)
        {
            seen += _counts[i];
            if (seen >= wanted && seen > 0) return Math.Min(HighestOf(i), Max);
        }

        return Max;
    }

    private static int IndexOf(long value)
    {
        var magnitude = Math.Max(0, 63 - BitOperations.LeadingZeroCount((ulong)value) - SubBits);
        return (magnitude * Sub) + (int)(value >> magnitude);
    }

    private static long HighestOf(int index)
    {
        var magnitude = Math.Max(0, (index / Sub) - 1);
        return ((index - (magnitude * Sub) + 1L) << magnitude) - 1;
    }
}
