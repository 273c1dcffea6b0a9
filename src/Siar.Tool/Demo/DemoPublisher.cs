using Siar.Hub;
using Siar.Topics;
using Siar.Wire;

namespace Siar.Tool;

/// <summary>Publishes this machine's figures once a second, each kind on a topic of its own.</summary>
internal sealed partial class DemoPublisher(IHub hub, IEnumerable<IFigureReader> readers, TimeProvider time, ILogger<DemoPublisher> log)
    : BackgroundService
{
    /// <summary>What the topics of all figures begin with.</summary>
    public const string TopicPrefix = "demo/";

    private static readonly TimeSpan Period = TimeSpan.FromSeconds(1);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        var last = time.GetTimestamp();
        // The first reading is what the rates of the second are told by.
        var sources = readers.Where(r => Read(r, 0) is not null).ToList();
        using var timer = new PeriodicTimer(Period, time);
        while (await timer.WaitForNextTickAsync(stoppingToken))
        {
            var now = time.GetTimestamp();
            var seconds = time.GetElapsedTime(last, now).TotalSeconds;
            last = now;
            try
            {
                foreach (var source in sources) await PublishAsync(source, seconds, stoppingToken);
            }
            catch (HubStoppedException)
            {
                return;
            }
            catch (LogUnavailableException)
            {
                // The hub tells of it; the figures after these will do.
            }
        }
    }

    private async Task PublishAsync(IFigureReader source, double seconds, CancellationToken cancellationToken)
    {
        if (Read(source, seconds) is not { } json) return;
        await hub.PublishAsync(new Event([Topic.Parse(TopicPrefix + source.Name)], json) { Type = EventType.Parse(source.Name) }, cancellationToken);
    }

    private byte[]? Read(IFigureReader source, double seconds)
    {
        try
        {
            return source.Read(seconds);
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException or PlatformNotSupportedException)
        {
            LogUntold(source.Name, failure.Message);
            return null;
        }
    }

    [LoggerMessage(LogLevel.Warning, "This system does not tell the demonstration's '{Kind}' figures: {Reason}")]
    private partial void LogUntold(string kind, string reason);
}
