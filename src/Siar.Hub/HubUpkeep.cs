namespace Siar.Hub;

/// <summary>What a hub does each second: has its log look after itself, lets go of what is too old, and wakes loops that wait for time to pass. Never throws.</summary>
internal sealed class HubUpkeep(EventHub hub, Action wakeLanes) : IAsyncDisposable
{
    private readonly CancellationTokenSource _stopping = new();
    private ITimer? _timer;
    private int _isMaintaining;

    public void Start() => _timer = hub.Clock.Time.CreateTimer(_ => Tick(), null, TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(1));

    /// <summary>Does nothing more; what the log is at goes on until <see cref="AbandonAsync"/>.</summary>
    public ValueTask DisposeAsync() => _timer?.DisposeAsync() ?? ValueTask.CompletedTask;

    /// <summary>Cancels what the log is at.</summary>
    public Task AbandonAsync() => _stopping.CancelAsync();

    private void Tick()
    {
        if (Interlocked.Exchange(ref _isMaintaining, 1) == 0) _ = MaintainAsync();
        Guarded(hub.Follower.LetGoOfTooOld);
        Guarded(hub.Revocations.Forget);
        hub.Presence?.Wake();
        wakeLanes();
        Guarded(hub.Health.Look);
    }

    private async Task MaintainAsync()
    {
        try
        {
            await hub.Log.MaintainAsync(_stopping.Token);
        }
        catch (OperationCanceledException) when (_stopping.IsCancellationRequested)
        {
            // The hub has stopped meanwhile.
        }
        catch (Exception failure)
        {
            hub.Metrics.CountFailure(failure);
        }
        finally
        {
            Volatile.Write(ref _isMaintaining, 0);
        }
    }

    // A timer's callback that throws ends the process.
    private void Guarded(Action action)
    {
        try
        {
            action();
        }
        catch (Exception failure)
        {
            hub.Metrics.CountFailure(failure);
        }
    }
}
