using System.Diagnostics;

namespace Siar.Tool;

/// <summary>Measures events from their publishing until all have arrived, or no more come.</summary>
internal sealed class FlowMeter(
    BenchRequest request, ReaderFleet fleet, Publishers publishers, ServerMeter? server, BenchProgress progress, CancellationToken cancellation)
{
    /// <summary>How long nothing may arrive before the rest is given up.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan Glance = TimeSpan.FromMilliseconds(20);

    public Task<FlowFigures> MeasureAsync(Func<Task> make) => MeasureAsync(make, publishers.Expected);

    /// <summary>Measures what comes after deliveries that are none of this part's.</summary>
    /// <param name="make">What makes events flow.</param>
    /// <param name="expectedBefore">Those deliveries.</param>
    public async Task<FlowFigures> MeasureAsync(Func<Task> make, long expectedBefore)
    {
        var before = await fleet.TellAsync(ReaderWord.Restart, cancellation);
        var publishedBefore = publishers.Count;
        publishers.Restart();
        var serverCpu = server?.CpuSeconds() ?? 0;
        var ownCpu = Environment.CpuUsage.TotalTime;
        var begin = Stopwatch.GetTimestamp();
        var after = await ArriveAsync(make(), expectedBefore);
        var seconds = Stopwatch.GetElapsedTime(begin).TotalSeconds;
        var used = (server?.CpuSeconds() ?? 0) - serverCpu;
        var delivered = Math.Max(1, after.Deliveries + after.SlowDeliveries - before.SlowDeliveries);
        var published = publishers.Count - publishedBefore;
        return new FlowFigures
        {
            Seconds = seconds,
            Published = published,
            Expected = publishers.Expected - expectedBefore,
            Delivered = after.Deliveries,
            Missed = after.Missed - before.Missed,
            Repeated = after.Repeated - before.Repeated,
            StreamsEnded = after.Ended - before.Ended,
            Delivery = Latencies.Of(after.Latency),
            Publish = Latencies.Of(publishers.Latency.Read()),
            ReaderMicroseconds = (after.CpuMicroseconds - before.CpuMicroseconds) / delivered,
            PublisherMicroseconds = (Environment.CpuUsage.TotalTime - ownCpu).TotalMicroseconds / Math.Max(1, published),
            ServerMicroseconds = server is null ? null : used * 1e6 / delivered,
            ServerCores = server is null ? null : used / seconds,
            ServerMiB = server?.MemoryBytes() / 1_048_576.0,
        };
    }

    // What never comes is in the report.
    private async Task<ReaderState> ArriveAsync(Task making, long expectedBefore)
    {
        var state = new ReaderState();
        // Each look costs the readers a little.
        var look = TimeSpan.FromSeconds(request.IsQuiet ? 1 : 0.25);
        var lastNews = Stopwatch.GetTimestamp();
        while (true)
        {
            var isMade = making.IsCompleted;
            if (isMade) await making;
            var now = await fleet.TellAsync(ReaderWord.Count, cancellation);
            var expected = publishers.Expected - expectedBefore;
            progress.Show(now, expected);
            if (isMade && now.Deliveries >= expected) break;
            if (now.Deliveries != state.Deliveries || !isMade) lastNews = Stopwatch.GetTimestamp();
            if (Stopwatch.GetElapsedTime(lastNews) > Patience) break;
            state = now;
            await Task.WhenAny(isMade ? Task.Delay(Glance, TimeProvider.System, cancellation) : making, Task.Delay(look, TimeProvider.System, CancellationToken.None));
        }

        return await fleet.TellAsync(ReaderWord.Report, cancellation);
    }
}
