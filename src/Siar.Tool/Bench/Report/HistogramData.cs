namespace Siar.Tool;

/// <summary>The filled buckets of a histogram, so that those of several processes can be added up.</summary>
/// <param name="Buckets">Which, rising.</param>
/// <param name="Counts">How many in each.</param>
/// <param name="Max">The longest, in microseconds.</param>
internal sealed record HistogramData(IReadOnlyList<int> Buckets, IReadOnlyList<long> Counts, long Max)
{
    public static HistogramData Empty { get; } = new([], [], 0);

    public long Count => Counts.Sum();

    /// <summary>The time within which a share of all lay, in microseconds; 0 where there are none.</summary>
    public long Quantile(double share)
    {
        var wanted = Math.Max(1, (long)Math.Ceiling(Count * share));
        long seen = 0;
        for (var i = 0; i < Buckets.Count; i++)
        {
            seen += Counts[i];
            if (seen >= wanted) return Math.Min(LatencyHistogram.HighestOf(Buckets[i]), Max);
        }

        return Max;
    }

    public static HistogramData? Sum(IEnumerable<HistogramData?> parts)
    {
        var sums = new SortedDictionary<int, long>();
        long max = 0;
        var isThere = false;
        foreach (var part in parts)
        {
            if (part is null) continue;
            isThere = true;
            max = Math.Max(max, part.Max);
            for (var i = 0; i < part.Buckets.Count; i++) sums[part.Buckets[i]] = sums.GetValueOrDefault(part.Buckets[i]) + part.Counts[i];
        }

        return isThere ? new HistogramData([.. sums.Keys], [.. sums.Values], max) : null;
    }
}
