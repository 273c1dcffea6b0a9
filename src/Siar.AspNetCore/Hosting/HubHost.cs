using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Siar.Hub;

namespace Siar.AspNetCore;

/// <summary>
/// Starts the hub before the server takes requests, and ends its streams as soon as the application begins to stop: the server would
/// otherwise wait for them until its whole time is used up.
/// </summary>
internal sealed partial class HubHost(EventHub hub, IHostApplicationLifetime lifetime, ILogger<HubHost> logger)
    : IHostedLifecycleService, IDisposable
{
    private readonly Lock _gate = new();
    private Task? _drained;
    private volatile bool _isStopping;
    private CancellationTokenRegistration _stopping;

    /// <summary>Whether the application stops; true before the first stream is ended for it.</summary>
    public bool IsStopping => _isStopping;

    public async Task StartingAsync(CancellationToken cancellationToken)
    {
        hub.Metrics.OnFailure = Log;
        hub.Metrics.OnOmitted = (type, count) => LogOmitted(count, type.Name);
        hub.Health.OnChange = LogHealthChange;
        hub.OnPlanDiffers = LogPlanDiffers;
        await hub.StartAsync(cancellationToken);
        _stopping = lifetime.ApplicationStopping.Register(() => _ = DrainAsync());
    }

    public Task StoppingAsync(CancellationToken cancellationToken) => DrainAsync().WaitAsync(cancellationToken);

    public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StartedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public void Dispose() => _stopping.Dispose();

    private Task DrainAsync()
    {
        lock (_gate)
        {
            _isStopping = true;
            return _drained ??= hub.DrainAsync();
        }
    }

    private void Log(Exception failure)
    {
        if (failure is LoopEndedException ended) LogEnded(ended.Loop, ended);
        else LogFailure(failure);
    }

    private void LogHealthChange(LogHealth health)
    {
        if (health.State is LogState.Available) LogWell();
        else LogUnwell(ReasonNames.Of(health.State), health.Detail ?? health.Sentence);
    }

    [LoggerMessage(2, LogLevel.Error, "The log is {State}. {Detail}")]
    private partial void LogUnwell(string state, string? detail);

    [LoggerMessage(3, LogLevel.Information, "The log is available again.")]
    private partial void LogWell();

    [LoggerMessage(1, LogLevel.Error, "The hub met a failure inside; it goes on.")]
    private partial void LogFailure(Exception failure);

    [LoggerMessage(6, LogLevel.Warning, "The log is trimmed by other limits than this hub's settings say: what stands in the log holds for all its hubs. Set the same limits here, or have the log adopt these: 'siar log plan --adopt', or AdoptRetention.")]
    private partial void LogPlanDiffers();

    [LoggerMessage(5, LogLevel.Critical, "The hub's loop '{Loop}' has ended unexpectedly. The hub cannot go on: restart the process.")]
    private partial void LogEnded(string loop, Exception failure);

    [LoggerMessage(4, LogLevel.Error, "{Count} more failures of the type {Type} were not logged.")]
    private partial void LogOmitted(long count, string type);
}
