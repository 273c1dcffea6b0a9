using Siar.Hub;

namespace Blazor;

/// <summary>Counts aloud.</summary>
internal sealed class Ticker(IHub hub, IConfiguration configuration, TimeProvider time) : BackgroundService
{
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(TimeSpan.FromMilliseconds(configuration.GetValue("pace", 1000)), time);
        for (var count = 1; await timer.WaitForNextTickAsync(stoppingToken); count++) await hub.PublishAsync("ticks", $"{count}", stoppingToken);
    }
}
