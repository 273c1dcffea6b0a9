using Siar.Hub;

namespace Analytics;

/// <summary>Counts the log from its first line, then follows it, and publishes the figures once a second.</summary>
internal sealed class LiveBoard(Settings settings, IHub hub, TimeProvider clock) : BackgroundService
{
    /// <summary>The topic of the figures.</summary>
    public const string Topic = "board";

    private static readonly TimeSpan Period = TimeSpan.FromSeconds(1);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        var counts = new ShopCounts();
        using var tail = new LogTail(settings.LogFile);
        using var timer = new PeriodicTimer(Period, clock);
        do
        {
            foreach (var line in tail.ReadNew())
            {
                if (AccessLine.Parse(line) is { } read) counts.Add(read);
            }

            await hub.PublishAsync(Topic, counts.Tell(), BoardJson.Default.BoardFigures, stoppingToken);
        }
        while (await timer.WaitForNextTickAsync(stoppingToken));
    }
}
