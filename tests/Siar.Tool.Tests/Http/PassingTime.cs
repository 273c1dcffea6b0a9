namespace Siar.Tool.Tests;

/// <summary>A clock on which every wait is over at once; it remembers how long they would have been.</summary>
internal sealed class PassingTime : TimeProvider
{
    public List<TimeSpan> Waits { get; } = [];

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        Waits.Add(dueTime);
        return System.CreateTimer(callback, state, TimeSpan.Zero, period);
    }
}
