namespace Siar.Hub;

/// <summary>
/// Bounds events a second by name (a token or an address): each name may save up twice its rate. Safe for concurrent use. A name that
/// has its full amount again is forgotten, so memory follows those that publish now.
/// </summary>
/// <param name="rate">How many a second; asked each time, since it may be changed.</param>
/// <param name="time">The clock.</param>
internal sealed class PublishLimiter<TName>(Func<int> rate, TimeProvider time)
    where TName : notnull
{
    private const int SweepEvery = 1_024;

    private readonly Lock _gate = new();
    private readonly Dictionary<TName, Bucket> _buckets = [];
    private int _untilSweep = SweepEvery;

    /// <summary>Takes a number of events from a name's amount, all or none.</summary>
    /// <returns>Zero when they were taken, else how long to wait before trying again.</returns>
    public TimeSpan TryTake(TName name, int events)
    {
        var now = time.GetTimestamp();
        var perSecond = rate();
        lock (_gate)
        {
            if (--_untilSweep == 0) SweepUnderLock(now, perSecond);
            var left = _buckets.TryGetValue(name, out var bucket) ? LeftAt(bucket, now, perSecond) : CapacityOf(perSecond);

            // A batch larger than the whole amount goes through when the amount is full: it could never otherwise.
            var needed = Math.Min(events, CapacityOf(perSecond));
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

    private static double CapacityOf(int perSecond) => 2.0 * perSecond;

    private double LeftAt(Bucket bucket, long now, int perSecond) =>
        Math.Min(CapacityOf(perSecond), bucket.Left + (time.GetElapsedTime(bucket.At, now).TotalSeconds * perSecond));

    private void SweepUnderLock(long now, int perSecond)
    {
        _untilSweep = Math.Max(SweepEvery, _buckets.Count);
        foreach (var (name, bucket) in _buckets)
        {
            if (LeftAt(bucket, now, perSecond) >= CapacityOf(perSecond)) _buckets.Remove(name);
        }
    }

    private readonly record struct Bucket(double Left, long At);
}
