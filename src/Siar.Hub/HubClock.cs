namespace Siar.Hub;

/// <summary>The hub's time, counted from when it began.</summary>
internal sealed class HubClock(TimeProvider time)
{
    private readonly long _start = time.GetTimestamp();
    private readonly DateTimeOffset _startedAt = time.GetUtcNow();

    public TimeProvider Time => time;

    public DateTimeOffset Now => time.GetUtcNow();

    /// <summary>Whole milliseconds since the hub began.</summary>
    public long Milliseconds => (long)time.GetElapsedTime(_start).TotalMilliseconds;

    public int Seconds => (int)time.GetElapsedTime(_start).TotalSeconds;

    /// <summary>When a second of <see cref="Seconds"/> began.</summary>
    public DateTimeOffset AtSecond(int second) => _startedAt.AddSeconds(second);

    /// <summary>The last whole second that is not after a moment.</summary>
    public int SecondsAt(DateTimeOffset moment) => (int)Math.Clamp(Math.Floor((moment - _startedAt).TotalSeconds), 0, int.MaxValue);
}
