namespace Siar.Tool;

/// <summary>One run: readers connect and idle; events flow; a burst; all readers leave and come back. What was not asked for is left out.</summary>
internal sealed class BenchRun(BenchRequest request, BenchProgress progress, CancellationToken cancellation)
{
    private static readonly TimeSpan Away = TimeSpan.FromSeconds(1);

    private readonly ServerMeter? _server = ServerOf(request) is { Count: > 0 } processes ? new ServerMeter(processes) : null;

    public async Task<BenchReport> RunAsync()
    {
        var connecting = new ConnectMeter(request, _server, progress, cancellation);
        if (request.Prime > 0) await connecting.PrimeAsync();
        using var fleet = await ReaderFleet.StartAsync(request);
        using var publishers = new Publishers(request, cancellation);
        var flows = new FlowMeter(request, fleet, publishers, _server, progress, cancellation);
        var report = await connecting.MeasureAsync(fleet);
        if (request.Duration > TimeSpan.Zero)
        {
            progress.Begin("warming up", request.WarmUp);
            await flows.MeasureAsync(() => publishers.RunAsync(request.WarmUp));
        }

        var slow = request.SlowPercent > 0 ? await SlowReaders.PauseAsync(request, fleet, publishers, cancellation) : null;
        if (request.Duration > TimeSpan.Zero)
        {
            progress.Begin("publishing", request.Duration);
            report = report with { Flow = await flows.MeasureAsync(() => publishers.RunAsync(request.Duration)) };
        }

        if (request.Burst > 0)
        {
            progress.Begin($"a burst of {request.Burst:N0}");
            report = report with { Burst = await flows.MeasureAsync(() => publishers.RunAsync((long)request.Burst)) };
        }

        if (slow is not null)
        {
            progress.Begin("slow readers read on");
            report = report with { Slow = await slow.ReadOnAsync() };
        }

        return request.Missed > 0 ? report with { Resume = await ResumeAsync(fleet, publishers, flows) } : report;
    }

    private static IReadOnlyList<int> ServerOf(BenchRequest request) => request.IsServerSought
        ? [.. Enumerable.Range(0, request.SubscribeUrls.Count).Select(request.SubscribeTo).SelectMany(ListeningProcess.Of).Distinct()]
        : request.ServerProcesses;

    private async Task<FlowFigures> ResumeAsync(ReaderFleet fleet, Publishers publishers, FlowMeter flows)
    {
        progress.Begin($"{request.Missed:N0} events, and nobody there");
        await fleet.TellAsync(ReaderWord.Close, cancellation);
        await Task.Delay(Away, TimeProvider.System, cancellation);
        var expected = publishers.Expected;
        await publishers.RunAsync((long)request.Missed);
        progress.Begin("all come back");
        return await flows.MeasureAsync(() => fleet.TellAsync(ReaderWord.Connect, cancellation), expected);
    }
}
