namespace Siar.Hub;

/// <summary>
/// Bounds events a second by name (a token or an address): each name may save up twice its rate. Safe for concurrent use. A name that
/// has its full amount again is forgotten, so memory follows those that publish now.
/// </summary>
internal sealed class PublishLimiter<TName>(int perSecond, TimeProvider time)
    where TName : notnull
{
    private const int SweepEvery = 1_024;

    private readonly Lock _gate = new();
    private readonly Dictionary<TName, Bucket> _buckets = [];
    private readonly double _capacity = 2.0 * perSecond;
    private int _untilSweep = SweepEvery;

    /// <summary>Takes a number of events from a name's amount, all or none.</summary>
    /// <returns>Zero when they were taken, else how long to wait before trying again.</returns>
    public TimeSpan TryTake(TName name, int events)
    {
        var now = time.GetTimestamp();
        lock (_gate)
        {
            if (--_untilSweep == 0) SweepUnderLock(now);
            var left = _buckets.TryGetValue(name, out var bucket) ? LeftAt(bucket, now) : _capacity;

            // A batch larger than the whole amount goes through when the amount is full: it could never otherwise.
            var needed = Math.Min(events, _capacity);
            if (left < needed) return TimeSpan.FromSeconds((needed - left) / perSecond);
            _buckets[name] = new Bucket(left - events, now);
            return TimeSpan.Zero;
        }
    }

    /// <summary>Gives back what was just taken and not used.</summary>
    public void GiveBack(TName name, int events)
    {
        lock (_gate)
        {
            if (_buckets.TryGetValue(name, out var bucket)) _buckets[name] = bucket with { Left = bucket.Left + events };
        }
    }

    private double LeftAt(Bucket bucket, long now) =>
        Math.Min(_capacity, bucket.Left + (time.GetElapsedTime(bucket.At, now).TotalSeconds * perSecond));

    private void SweepUnderLock(long now)
    {
        _untilSweep = Math.Max(SweepEvery, _buckets.Count);
        foreach (var (name, bucket) in _buckets)
        {
            if (LeftAt(bucket, now) >= _capacity) _buckets.Remove(name);
        }
    }

    private readonly record struct Bucket(double Left, long At);
}
