namespace Siar.Tool.Tests;

/// <summary>A clock on which every wait is over at once; timeouts of half a minute and more never are.</summary>
internal sealed class PassingTime : TimeProvider
{
    private static readonly TimeSpan Timeouts = TimeSpan.FromSeconds(30);

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period) =>
        System.CreateTimer(callback, state, dueTime >= Timeouts || dueTime < TimeSpan.Zero ? Timeout.InfiniteTimeSpan : TimeSpan.Zero, period);
}
