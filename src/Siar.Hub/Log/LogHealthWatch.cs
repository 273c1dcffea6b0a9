namespace Siar.Hub;

/// <summary>Tells of a log's health when it changes, once for each change. May be used from any thread.</summary>
internal sealed class LogHealthWatch(IEventLog log)
{
    private readonly Lock _gate = new();
    private LogState _told;

    /// <summary>Told of the log's health now; where it throws, it is told again at the next look. Set once, before the hub starts.</summary>
    public Action<LogHealth>? OnChange { get; set; }

    /// <summary>Looks, and tells where the log is in another state than when it was last told of. Does not throw.</summary>
    public void Look()
    {
        lock (_gate)
        {
            if (log.Health is { } health && health.State != _told && TryTell(health)) _told = health.State;
        }
    }

    // A logger that fails, as on a full disk, must not end the timer that looks.
    private bool TryTell(LogHealth health)
    {
        try
        {
            OnChange?.Invoke(health);
            return true;
        }
        catch (Exception)
        {
            return false;
        }
    }
}
