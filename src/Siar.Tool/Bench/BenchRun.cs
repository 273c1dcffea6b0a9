using System.Diagnostics;

namespace Siar.Tool;

/// <summary>
/// One run: connect the readers, let them idle, warm up, then publish and count.
/// </summary>
internal sealed class BenchRun(BenchRequest request, Notes notes)
{
    private const int BufferBytes = 4_096;
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    private readonly BenchTally _tally = new();
    private readonly ServerMeter? _server = request.ServerProcess is { } process ? new ServerMeter(process) : null;

    public async Task<BenchReport> RunAsync(CancellationToken cancellationToken)
    {
        var memoryBefore = _server?.MemoryBytes() ?? 0;
        var slabBefore = ServerMeter.SlabBytes();
        var cpuBefore = _server?.CpuSeconds() ?? 0;
        var begin = Stopwatch.GetTimestamp();
        var readers = await ConnectAsync(cancellationToken);
        var connectSeconds = Stopwatch.GetElapsedTime(begin).TotalSeconds;
        var connectCpu = (_server?.CpuSeconds() ?? 0) - cpuBefore;
        try
        {
            await Task.Delay(request.WarmUp, TimeProvider.System, cancellationToken);
            var memoryIdle = (_server?.MemoryBytes() ?? 0) - memoryBefore;
            var slabIdle = ServerMeter.SlabBytes() - slabBefore;
            var report = await MeasureAsync(connectSeconds);
            return report with
            {
                Server = report.Server is not { } server ? null : server with
                {
                    MicrosecondsPerConnect = connectCpu * 1e6 / request.Subscribers,
                    KiBPerSubscriber = memoryIdle / 1_024.0 / request.Subscribers,
                    SlabKiBPerSubscriber = slabIdle / 1_024.0 / request.Subscribers,
                },
            };
        }
        finally
        {
            foreach (var reader in readers) reader.Dispose();
        }
    }

    private async Task<List<BenchReader>> ConnectAsync(CancellationToken cancellationToken)
    {
        var readers = new List<BenchReader>(request.Subscribers);
        var buffers = GC.AllocateUninitializedArray<byte>(request.Subscribers * BufferBytes, pinned: true);
        for (var i = 0; i < request.Subscribers; i++) readers.Add(new BenchReader(_tally, buffers.AsMemory(i * BufferBytes, BufferBytes)));

        using var places = new SemaphoreSlim(request.ConnectingAtOnce);
        var opened = 0;
        await Task.WhenAll(readers.Select(async (reader, i) =>
        {
            await places.WaitAsync(cancellationToken);
            try
            {
                await reader.OpenAsync(request.SubscribeTo(i % request.Topics), request.Token, BenchRequest.SourceOf(i), cancellationToken);
            }
            finally
            {
                places.Release();
            }

            var now = Interlocked.Increment(ref opened);
            if (now % 2_000 == 0) notes.Say($"{now} of {request.Subscribers} readers connected");
        }));
        return readers;
    }

    private async Task<BenchReport> MeasureAsync(double connectSeconds)
    {
        using var publisher = new BenchPublisher(request);
        await publisher.RunAsync(request.WarmUp);
        await ArriveAsync(Expected(publisher));

        var publishedBefore = publisher.All;
        var expectedBefore = Expected(publisher);
        _tally.Restart();
        publisher.Restart();
        var serverCpu = _server?.CpuSeconds() ?? 0;
        var clientCpu = Environment.CpuUsage.TotalTime;
        var begin = Stopwatch.GetTimestamp();
        notes.Say($"publishing for {request.Duration.TotalSeconds} s");
        await publisher.RunAsync(request.Duration);
        var expected = Expected(publisher) - expectedBefore;
        await ArriveAsync(expected);

        var seconds = Stopwatch.GetElapsedTime(begin).TotalSeconds;
        var delivered = Math.Max(1, _tally.Deliveries);
        var used = (_server?.CpuSeconds() ?? 0) - serverCpu;
        return new BenchReport
        {
            Subscribers = request.Subscribers,
            Topics = request.Topics,
            Bytes = request.Bytes,
            Seconds = seconds,
            Published = publisher.All - publishedBefore,
            Expected = expected,
            Delivered = _tally.Deliveries,
            Missed = _tally.Missed,
            Repeated = _tally.Repeated,
            StreamsEnded = _tally.Ended,
            Delivery = Latencies.Of(_tally.Latency),
            Publish = Latencies.Of(publisher.Latency),
            ClientMicrosecondsPerDelivery = (Environment.CpuUsage.TotalTime - clientCpu).TotalMicroseconds / delivered,
            ConnectSeconds = connectSeconds,
            Server = _server is null ? null : new ServerFigures(used * 1e6 / delivered, 0, used / seconds, 0, 0, _server.MemoryBytes() / 1_048_576.0),
        };
    }

    /// <summary>Events times the readers of their topic.</summary>
    private long Expected(BenchPublisher publisher)
    {
        long expected = 0;
        for (var topic = 0; topic < request.Topics; topic++)
        {
            var readers = (request.Subscribers / request.Topics) + (topic < request.Subscribers % request.Topics ? 1 : 0);
            expected += publisher.Published[topic] * readers;
        }

        return expected;
    }

    // What is still on its way; what never comes is in the report.
    private async Task ArriveAsync(long expected)
    {
        var begin = Stopwatch.GetTimestamp();
        while (_tally.Deliveries < expected && Stopwatch.GetElapsedTime(begin) < Patience) await Task.Delay(TimeSpan.FromMilliseconds(2), TimeProvider.System);
    }
}
