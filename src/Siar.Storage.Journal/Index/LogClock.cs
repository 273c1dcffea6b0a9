namespace Siar.Storage.Journal.Index;

/// <summary>The clock of an index: the time of the last message that it holds, so that all hubs trim by one clock. May be used from any thread.</summary>
internal sealed class LogClock : TimeProvider
{
    private long _ticks = DateTimeOffset.UnixEpoch.UtcTicks;

    public void Set(DateTimeOffset time) => Volatile.Write(ref _ticks, time.UtcTicks);

    public override DateTimeOffset GetUtcNow() => new(Volatile.Read(ref _ticks), TimeSpan.Zero);
}

/// <summary>
/// What the engine's clock says, as far as a hub can tell: from the last message that it saw come, and the time since. So a hub whose own clock is wrong
/// forgets no key too early. May be used from any thread.
/// </summary>
/// <param name="fixedClock">The clock to go by in its place; null for the engine's.</param>
/// <param name="time">The hub's clock.</param>
internal sealed class EngineClock(TimeProvider? fixedClock, TimeProvider time)
{
    private Reading? _reading;

    public DateTimeOffset Now => fixedClock?.GetUtcNow()
        ?? (Volatile.Read(ref _reading) is { } reading ? reading.Time + time.GetElapsedTime(reading.At) : time.GetUtcNow());

    /// <summary>Notes that a message has just come.</summary>
    public void Note(DateTimeOffset messageTime) => Volatile.Write(ref _reading, new Reading(messageTime, time.GetTimestamp()));

    private sealed record Reading(DateTimeOffset Time, long At);
}
