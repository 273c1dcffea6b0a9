namespace Siar.TestKit;

/// <summary>
/// A clock that stands still until a test moves it. <see cref="Advance"/> fires the timers that fall due on the calling thread, in the
/// order of their due times (ties: in the order in which they were set), and each callback sees the clock at its own due time; timers that a
/// callback sets fire in the same call when they fall due within it. May be used from any thread; one thread at a time should advance it.
/// </summary>
public sealed class ManualTimeProvider(DateTimeOffset start) : TimeProvider
{
    private readonly Lock _lock = new();
    private readonly List<ManualTimer> _set = [];
    private readonly DateTimeOffset _start = start.ToUniversalTime();
    private DateTimeOffset _now = start.ToUniversalTime();
    private TimeSpan _turned;
    private long _lastOrder;

    /// <summary>A clock that begins at an arbitrary whole second.</summary>
    public ManualTimeProvider()
        : this(DateTimeOffset.UnixEpoch.AddDays(20_000))
    {
    }

    /// <summary>How many timers are set and have not fired; a periodic one counts until it is disposed.</summary>
    public int TimerCount
    {
        get
        {
            lock (_lock) return _set.Count;
        }
    }

    /// <inheritdoc />
    public override long TimestampFrequency => TimeSpan.TicksPerSecond;

    /// <inheritdoc />
    public override TimeZoneInfo LocalTimeZone => TimeZoneInfo.Utc;

    /// <inheritdoc />
    public override DateTimeOffset GetUtcNow()
    {
        lock (_lock) return _now + _turned;
    }

    /// <inheritdoc />
    public override long GetTimestamp()
    {
        lock (_lock) return (_now - _start).Ticks;
    }

    /// <summary>Sets the clock on the wall forward or back. Timers and timestamps, which measure time that has passed, know nothing of it.</summary>
    public void Turn(TimeSpan by)
    {
        lock (_lock) _turned += by;
    }

    /// <summary>Moves the clock and fires what falls due, in order.</summary>
    /// <param name="by">How far; zero fires what is due already.</param>
    public void Advance(TimeSpan by)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(by, TimeSpan.Zero);
        DateTimeOffset end;
        lock (_lock) end = _now + by;
        while (TakeNextDue(end) is { } timer) timer.Fire();
        lock (_lock) _now = end;
    }

    /// <inheritdoc />
    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        var timer = new ManualTimer(this, callback, state);
        timer.Change(dueTime, period);
        return timer;
    }

    private ManualTimer? TakeNextDue(DateTimeOffset end)
    {
        lock (_lock)
        {
            var next = _set.Where(t => t.Due <= end).MinBy(t => (t.Due, t.Order));
            if (next is null) return null;
            _now = next.Due > _now ? next.Due : _now;
            if (next.Period > TimeSpan.Zero) Set_NeedsLock(next, next.Period);
            else _set.Remove(next);
            return next;
        }
    }

    private bool Change(ManualTimer timer, TimeSpan dueTime, TimeSpan period)
    {
        lock (_lock)
        {
            if (timer.Disposed) return false;
            _set.Remove(timer);
            timer.Period = period;
            if (dueTime == Timeout.InfiniteTimeSpan) return true;
            _set.Add(timer);
            Set_NeedsLock(timer, dueTime);
            return true;
        }
    }

    private void Set_NeedsLock(ManualTimer timer, TimeSpan dueTime)
    {
        timer.Due = _now + dueTime;
        timer.Order = ++_lastOrder;
    }

    private void Remove(ManualTimer timer)
    {
        lock (_lock)
        {
            timer.Disposed = true;
            _set.Remove(timer);
        }
    }

    private sealed class ManualTimer(ManualTimeProvider clock, TimerCallback callback, object? state) : ITimer
    {
        public DateTimeOffset Due { get; set; }

        public TimeSpan Period { get; set; }

        public long Order { get; set; }

        public bool Disposed { get; set; }

        public void Fire() => callback(state);

        public bool Change(TimeSpan dueTime, TimeSpan period) => clock.Change(this, dueTime, period);

        public void Dispose() => clock.Remove(this);

        public ValueTask DisposeAsync()
        {
            Dispose();
            return ValueTask.CompletedTask;
        }
    }
}
