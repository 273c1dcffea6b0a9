namespace Siar.Hub;

/// <summary>The hub's time: whole seconds since it began, for deadlines that cost four bytes a subscriber.</summary>
internal sealed class HubClock(TimeProvider time)
{
    private readonly long _start = time.GetTimestamp();
    private readonly DateTimeOffset _startedAt = time.GetUtcNow();

    public TimeProvider Time => time;

    public DateTimeOffset Now => time.GetUtcNow();

    public int Seconds => (int)time.GetElapsedTime(_start).TotalSeconds;

    /// <summary>When a second of <see cref="Seconds"/> began.</summary>
    public DateTimeOffset AtSecond(int second) => _startedAt.AddSeconds(second);

    /// <summary>The last whole second that is not after a moment.</summary>
    public int SecondsAt(DateTimeOffset moment) => (int)Math.Clamp(Math.Floor((moment - _startedAt).TotalSeconds), 0, int.MaxValue);
}
