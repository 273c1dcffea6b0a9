using System.Numerics;

namespace Siar.Hub;

/// <summary>
/// How many writes took how long, in buckets of an eighth of a power of two of microseconds: a quantile is exact to 12 %. One thread adds,
/// without a lock and without allocating; any thread reads.
/// </summary>
internal sealed class LatencyCounts
{
    private const int Parts = 8;
    private const int PartBits = 3;

    // Up to 2^33 microseconds, more than two hours.
    private readonly long[] _buckets = new long[31 * Parts];

    /// <summary>How many buckets there are.</summary>
    public int Buckets => _buckets.Length;

    /// <summary>Counts one; what is below zero counts as zero.</summary>
    public void Add(TimeSpan elapsed)
    {
        ref var bucket = ref _buckets[BucketOf(Math.Max(0, elapsed.Ticks / TimeSpan.TicksPerMicrosecond))];
        Volatile.Write(ref bucket, bucket + 1);
    }

    /// <summary>Adds the counts to a sum of the same length.</summary>
    public void AddTo(Span<long> sum)
    {
        for (var i = 0; i < _buckets.Length; i++) sum[i] += Volatile.Read(ref _buckets[i]);
    }

    /// <summary>The time that a share of the counts is not above, in milliseconds; null where nothing was counted.</summary>
    /// <param name="counts">Counts by bucket.</param>
    /// <param name="share">From 0 to 1.</param>
    public static double? Quantile(ReadOnlySpan<long> counts, double share)
    {
        long all = 0;
        foreach (var count in counts) all += count;
        if (all == 0) return null;

        var rank = Math.Max(1, (long)Math.Ceiling(all * share));
        var i = 0;
        while (rank > counts[i]) rank -= counts[i++];
        return UpperEdge(i) / 1_000d;
    }

    // Below 8 µs each bucket is one microsecond; then each power of two has eight.
    private int BucketOf(long microseconds)
    {
        if (microseconds < Parts) return (int)microseconds;
        var power = BitOperations.Log2((ulong)microseconds);
        var part = (int)(microseconds >> (power - PartBits)) - Parts;
        return Math.Min(((power - PartBits + 1) * Parts) + part, _buckets.Length - 1);
    }

    private static long UpperEdge(int bucket)
    {
        if (bucket < Parts) return bucket + 1;
        var power = (bucket / Parts) + PartBits - 1;
        return (long)(Parts + (bucket % Parts) + 1) << (power - PartBits);
    }
}
