using Microsoft.Extensions.Hosting;
using Siar.Hub;

namespace Siar.AspNetCore;

/// <summary>The hub's statistics, measured from the start of the application where a dashboard was mapped, and not at all where none was.</summary>
internal sealed class LiveFigures(EventHub hub, IHostApplicationLifetime lifetime) : IHostedLifecycleService, IAsyncDisposable
{
    private HubStatistics? _statistics;
    private CancellationTokenRegistration _stopping;

    /// <summary>Has the statistics measured; called while the application is put together.</summary>
    public void Enable() => _statistics ??= hub.CreateStatistics();

    /// <summary>Whether they are.</summary>
    public bool IsEnabled => _statistics is not null;

    /// <summary>What is measured.</summary>
    /// <exception cref="InvalidOperationException">Nobody has called <see cref="Enable"/>.</exception>
    public HubStatistics Statistics => _statistics ?? throw new InvalidOperationException("No dashboard is mapped, so nothing is measured for one.");

    public Task StartingAsync(CancellationToken cancellationToken)
    {
        if (_statistics is null) return Task.CompletedTask;
        _statistics.Start();
        var stream = _statistics.Stream;
        hub.Revocations.AlsoEnd((callers, signal) => stream.Changes.End(s => callers.Means(s.Request.Marks, s.Request.Address), signal));
        _stopping = lifetime.ApplicationStopping.Register(() => _ = _statistics.Stream.DrainAsync());
        return Task.CompletedTask;
    }

    public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StartedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public async ValueTask DisposeAsync()
    {
        await _stopping.DisposeAsync();
        if (_statistics is not null) await _statistics.DisposeAsync();
    }
}
