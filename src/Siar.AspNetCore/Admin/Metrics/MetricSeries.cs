namespace Siar.AspNetCore;

/// <summary>The figures of one set of labels. Safe for concurrent use, without a lock.</summary>
internal sealed class MetricSeries(string labels, double[]? bounds)
{
    private readonly long[] _buckets = new long[bounds is null ? 0 : bounds.Length + 1];
    private double _value;

    /// <summary>The labels as text.</summary>
    public string Labels => labels;

    /// <summary>The value, or the sum of a histogram.</summary>
    public double Value => Volatile.Read(ref _value);

    public void Set(double value) => Volatile.Write(ref _value, value);

    public void Add(double value)
    {
        var seen = Volatile.Read(ref _value);
        while (true)
        {
            var before = Interlocked.CompareExchange(ref _value, seen + value, seen);
            // Compared by bits: a value that is not a number would never equal itself.
            if (BitConverter.DoubleToInt64Bits(before) == BitConverter.DoubleToInt64Bits(seen)) return;
            seen = before;
        }
    }

    /// <summary>Takes a value into a histogram.</summary>
    public void Record(double value)
    {
        // A bucket holds what is at most its bound.
        var index = Array.BinarySearch(bounds!, value);
        Interlocked.Increment(ref _buckets[index < 0 ? ~index : index]);
        Add(value);
    }

    /// <summary>How many values lie in a bucket alone; the last one has no bound.</summary>
    public long CountIn(int bucket) => Interlocked.Read(ref _buckets[bucket]);
}
