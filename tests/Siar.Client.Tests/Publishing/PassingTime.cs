namespace Siar.Client.Tests;

/// <summary>A clock on which every wait of less than the timeouts is over at once; it remembers how long the waits would have been.</summary>
internal sealed class PassingTime : TimeProvider
{
    private static readonly TimeSpan Timeouts = TimeSpan.FromSeconds(30);

    private long _ticks;

    public List<TimeSpan> Waits { get; } = [];

    public override long TimestampFrequency => TimeSpan.TicksPerSecond;

    public override long GetTimestamp() => Interlocked.Read(ref _ticks);

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        if (dueTime >= Timeouts || dueTime < TimeSpan.Zero) return System.CreateTimer(callback, state, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
        Waits.Add(dueTime);
        Interlocked.Add(ref _ticks, dueTime.Ticks);
        return System.CreateTimer(callback, state, TimeSpan.Zero, period);
    }
}
