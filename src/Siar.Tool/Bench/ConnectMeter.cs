using System.Diagnostics;

namespace Siar.Tool;

/// <summary>Measures how readers come in, and what they hold while they idle.</summary>
internal sealed class ConnectMeter(BenchRequest request, ServerMeter? server, BenchProgress progress, CancellationToken cancellation)
{
    private static readonly TimeSpan Glance = TimeSpan.FromMilliseconds(5);

    /// <summary>Lets readers come and go: code that runs for the first time takes memory that belongs to no reader.</summary>
    public async Task PrimeAsync()
    {
        progress.Begin($"{request.Prime:N0} readers come and go");
        var few = request with { Subscribers = request.Prime, Topics = Math.Min(request.Topics, request.Prime), Processes = 1 };
        using (var fleet = await ReaderFleet.StartAsync(few)) await OpenAsync(fleet, few.Subscribers);
        await Task.Delay(request.Settle, TimeProvider.System, cancellation);
    }

    public async Task<BenchReport> MeasureAsync(ReaderFleet fleet)
    {
        await fleet.TellAsync(ReaderWord.Count, cancellation);
        var memoryEmpty = server?.MemoryBytes() ?? 0;
        var slabEmpty = ServerMeter.SlabBytes();
        var cpu = server?.CpuSeconds() ?? 0;
        progress.Begin("connecting");
        var begin = Stopwatch.GetTimestamp();
        await OpenAsync(fleet, request.Subscribers);
        var seconds = Stopwatch.GetElapsedTime(begin).TotalSeconds;
        cpu = (server?.CpuSeconds() ?? 0) - cpu;
        var memoryAtOnce = server?.MemoryBytes() ?? 0;
        progress.Begin("idling", request.Settle);
        await Task.Delay(request.Settle, TimeProvider.System, cancellation);
        var state = await fleet.TellAsync(ReaderWord.Report, cancellation);
        return new BenchReport
        {
            Subscribers = request.Subscribers,
            Topics = request.Topics,
            Publishers = request.Publishers,
            Bytes = request.Bytes,
            Rate = request.Rate,
            Connect = new ConnectFigures(seconds, Latencies.Of(state.Connect), server is null ? null : cpu * 1e6 / request.Subscribers, state.Ended),
            Idle = server is null ? null : new IdleFigures(
                memoryEmpty / 1_048_576.0, KiB(memoryAtOnce - memoryEmpty), KiB(server.MemoryBytes() - memoryEmpty), KiB(ServerMeter.SlabBytes() - slabEmpty)),
        };
    }

    private async Task OpenAsync(ReaderFleet fleet, int readers)
    {
        var state = await fleet.TellAsync(ReaderWord.Connect, cancellation);
        while (state.Opened < readers)
        {
            await Task.Delay(Glance, TimeProvider.System, cancellation);
            state = await fleet.TellAsync(ReaderWord.Count, cancellation);
            progress.Show(state, 0);
        }
    }

    private double KiB(long bytes) => bytes / 1_024.0 / request.Subscribers;
}
