using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using Siar.Bench.Load;
using Siar.Bench.Load.Contenders;
using Siar.Bench.Load.Runs;
using Siar.Bench.Transports.Clients;
using Siar.Bench.Transports.Server;
using Siar.Tool;

namespace Siar.Bench.Transports;

/// <summary>
/// Measures one transport with so many clients: idle, then at one event a second. The application is started anew for each, so that none
/// inherits the memory of the one before.
/// </summary>
internal static class TransportRun
{
    private const int Prime = 50;
    private static readonly string Self = Machine.Built("Siar.Bench.Transports", "transports");

    public static async Task<RunResult> RunAsync(Transport transport, int count, int seconds)
    {
        var load = Machine.LoadAverage();
        int[] ports = [RunningServer.FreePort(), RunningServer.FreePort()];
        var root = $"http://127.0.0.1:{ports[1]}";
        await using var server = new RunningServer { SubscribeUrl = root, PublishUrl = root };
        await server.StartAsync(ports[1], Self, [FeedServer.Argument, $"{ports[0]}", $"{ports[1]}", $"{seconds}"]);
        var start = Machine.OnCore(Machine.LoadCore, Self, [ClientProcess.Argument, transport.Name, $"{ports[transport.IsOnBareSockets ? 0 : 1]}", $"{ports[1]}"]);
        start.RedirectStandardInput = start.RedirectStandardOutput = true;
        // Completions on the thread that waits for sockets: a client's cost is then mostly the kernel's.
        start.Environment["DOTNET_SYSTEM_NET_SOCKETS_INLINE_COMPLETIONS"] = "1";
        using var clients = Process.Start(start)!;
        using var control = new HttpClient { BaseAddress = new Uri(root) };
        try
        {
            var figures = await MeasureAsync(new Parts(clients, control, new ServerMeter([.. server.Processes])), count, seconds);
            var failure = (double)figures["delivered"]! == count * (double)seconds && (double)figures["disorder"]! == 0 ? null : "not every client had every event once and in order";
            return new RunResult($"{count}", transport.Name, 1, figures, failure) { LoadAverage = load };
        }
        catch (Exception failure) when (failure is IOException or HttpRequestException)
        {
            return new RunResult($"{count}", transport.Name, 1, null, failure.Message) { LoadAverage = load };
        }
        finally
        {
            clients.Kill();
            await clients.WaitForExitAsync();
        }
    }

    private static async Task<JsonObject> MeasureAsync(Parts parts, int count, int seconds)
    {
        // What is compiled and allocated once is not a connection's.
        await parts.TellAsync($"open {Prime} 20");
        await parts.TellAsync("publish 100 10");
        await parts.TellAsync("open 0 1000");
        var empty = await parts.MemoryAsync();
        await parts.TellAsync($"open {count} 1000");
        await Task.Delay(TimeSpan.FromSeconds(1), TimeProvider.System);

        var (idle, idleCpu) = await parts.DuringAsync(() => Task.Delay(TimeSpan.FromSeconds(seconds), TimeProvider.System));
        var settled = await parts.MemoryAsync();
        var (flow, flowCpu) = await parts.DuringAsync(() => parts.TellAsync($"publish {seconds} 1000"));
        var delivered = Math.Max(1, flow.Delivered);
        return new JsonObject
        {
            ["emptyMiB"] = empty / 1_048_576.0,
            ["kiB"] = (settled - empty) / 1_024.0 / count,
            ["idleMicroseconds"] = idleCpu / count / seconds,
            ["idleBytes"] = (idle.BytesIn + idle.BytesOut) / (double)count / seconds,
            ["microseconds"] = flowCpu / delivered,
            ["bytes"] = (flow.BytesIn + flow.BytesOut) / (double)delivered,
            ["bytesIn"] = flow.BytesIn / (double)delivered,
            ["bytesOut"] = flow.BytesOut / (double)delivered,
            ["p50"] = flow.Latency.Quantile(0.5) / 1_000.0,
            ["p99"] = flow.Latency.Quantile(0.99) / 1_000.0,
            ["loadMicroseconds"] = flow.CpuMicroseconds / delivered,
            ["delivered"] = (double)flow.Delivered,
            ["disorder"] = (double)(flow.Repeated + flow.Ended),
        };
    }

    private sealed record Parts(Process Clients, HttpClient Control, ServerMeter Meter)
    {
        public async Task<LoadState> TellAsync(string words)
        {
            await Clients.StandardInput.WriteLineAsync(words);
            await Clients.StandardInput.FlushAsync();
            var line = await Clients.StandardOutput.ReadLineAsync() ?? throw new IOException("The process of clients has ended.");
            var state = JsonSerializer.Deserialize<LoadState>(line)!;
            return state.Failure is { } failure ? throw new IOException(failure) : state;
        }

        public async Task<long> MemoryAsync()
        {
            using var answer = await Control.PostAsync("/collect", null);
            return Meter.MemoryBytes();
        }

        /// <summary>What was counted while something went on, and the server's CPU meanwhile, in microseconds.</summary>
        public async Task<(LoadState Counted, double Cpu)> DuringAsync(Func<Task> happen)
        {
            var before = await TellAsync("report");
            var cpu = await CpuAsync();
            await happen();
            var used = await CpuAsync() - cpu;
            var after = await TellAsync("report");
            return (after with
            {
                Delivered = after.Delivered - before.Delivered,
                BytesIn = after.BytesIn - before.BytesIn,
                BytesOut = after.BytesOut - before.BytesOut,
                CpuMicroseconds = after.CpuMicroseconds - before.CpuMicroseconds,
            }, used);
        }

        private async Task<double> CpuAsync() => double.Parse(await Control.GetStringAsync("/cpu"), CultureInfo.InvariantCulture);
    }
}
