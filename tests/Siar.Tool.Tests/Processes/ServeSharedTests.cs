using System.Collections.Concurrent;
using System.Net;
using System.Text.Json;
using Siar.TestKit;

namespace Siar.Tool.Tests;

/// <summary>Hubs as processes, on one log that they share: what their readers and publishers notice where a hub goes, or the engine.</summary>
[Trait("runs", "siar")]
public sealed class ServeSharedTests
{
    private const int Events = 40;
    private static readonly string[] AllEngines = ["postgres", "nats", "redis"];
    private static int _logs;
    private readonly string _log = $"shared_{Interlocked.Increment(ref _logs)}";

    public static MatrixTheoryData<string, int> EnginesAndSignals => new(AllEngines, [SiarProcess.SigTerm, SiarProcess.SigKill]);

    public static TheoryData<string> Engines => [.. AllEngines];

    /// <summary>The reader is at one address, behind which the hubs are: as at a load balancer.</summary>
    [Theory]
    [MemberData(nameof(EnginesAndSignals))]
    public async Task A_reader_whose_hub_is_drained_or_killed_goes_on_at_another_and_misses_nothing_and_gets_nothing_twice(string engine, int signal)
    {
        var store = await SharedStores.StoreOfAsync(engine);
        await using var a = await StartAsync(store);
        await using var b = await StartAsync(store);
        await using var balancer = new TcpProxy(PortOf(a));
        await using var reader = SiarProcess.Start("subscribe", "t", "--hub", $"http://127.0.0.1:{balancer.Port}", "--since", "earliest", "--format", "json");
        for (var i = 0; i < Events / 2; i++) await PublishAsync(i % 2 == 0 ? a : b, $"{i}");
        var read = new List<string>();
        await ReadAsync(Events / 2);

        balancer.Server = PortOf(b);
        await a.Process.SignalAsync(signal);
        for (var i = Events / 2; i < Events; i++) await PublishAsync(b, $"{i}");
        await ReadAsync(Events);
        read.ShouldBe(Enumerable.Range(0, Events).Select(i => $"{i}"));
        if (signal == SiarProcess.SigTerm) (await a.Process.FinishAsync()).ExitCode.ShouldBe(ExitCode.Ok, a.Process.Said);

        async Task ReadAsync(int count)
        {
            while (read.Count < count)
            {
                var item = JsonElement.Parse(await reader.ReadAsync());
                if (item.TryGetProperty("signal", out var told)) told.GetString().ShouldNotBe("gap");
                else read.Add(item.GetProperty("data").GetString()!);
            }
        }
    }

    [Theory]
    [MemberData(nameof(Engines))]
    public async Task A_hub_that_is_cut_off_from_its_engine_keeps_its_readers_asks_publishers_to_wait_and_catches_up_by_itself(string engine)
    {
        var port = await SharedStores.PortOfAsync(engine);
        await using var way = new TcpProxy(port);
        await using var a = await StartAsync(SharedStores.StoreOf(engine, way.Port));
        await using var b = await StartAsync(SharedStores.StoreOf(engine, port));
        using var stream = await HubStream.OpenAsync(a.Http, "/events/t");
        var lines = new ConcurrentQueue<string>();
        var reading = stream.ReadToEndAsync(lines.Enqueue);
        await PublishAsync(a, "before");
        await Waiting.UntilAsync(() => lines.Contains("data: before"));

        way.Cut();
        await UntilReadyAsync(a, HttpStatusCode.ServiceUnavailable);
        foreach (var key in new[] { "first", "second" })
        {
            using var refused = await SendAsync(a, "refused", key);
            refused.StatusCode.ShouldBe(HttpStatusCode.ServiceUnavailable);
            refused.Headers.RetryAfter.ShouldNotBeNull();
            (await refused.Content.ReadAsStringAsync()).ShouldNotBeEmpty();
        }

        await PublishAsync(b, "meanwhile");
        lines.Clear(); // What comes now can only be keep-alives.
        await Waiting.UntilAsync(() => !lines.IsEmpty);
        reading.IsCompleted.ShouldBeFalse();

        way.Heal();
        await Waiting.UntilAsync(() => lines.Contains("data: meanwhile"));
        await UntilReadyAsync(a, HttpStatusCode.OK);
        await PublishAsync(a, "after");
        await Waiting.UntilAsync(() => lines.Contains("data: after"));
        lines.ShouldNotContain("event: siar.gap");
        reading.IsCompleted.ShouldBeFalse();
        await a.Process.KillAsync();
        await Should.ThrowAsync<Exception>(reading);
    }

    private Task<RunningHub> StartAsync(string store) => RunningHub.StartAsync(
        [.. SharedStores.Variables(_log), new("SIAR_KEEP_ALIVE", "1s"), new("SIAR_RECONNECT_DELAY", "100ms")], "--dev", "--store", store);

    private static int PortOf(RunningHub hub) => new Uri(hub.Url).Port;

    private static async Task<HttpResponseMessage> SendAsync(RunningHub hub, string data, string key)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, "/events/t") { Content = new StringContent(data), Headers = { { "Idempotency-Key", $"\"{key}\"" } } };
        return await hub.Http.SendAsync(request);
    }

    private static async Task PublishAsync(RunningHub hub, string data)
    {
        using var answer = await SendAsync(hub, data, data);
        answer.IsSuccessStatusCode.ShouldBeTrue(await answer.Content.ReadAsStringAsync());
    }

    private static async Task UntilReadyAsync(RunningHub hub, HttpStatusCode status)
    {
        for (var attempt = 0; ; attempt++)
        {
            using var answer = await hub.Http.GetAsync("/health/ready");
            if (answer.StatusCode == status) return;
            attempt.ShouldBeLessThan(600, hub.Process.Said);
            await Task.Delay(TimeSpan.FromMilliseconds(100), TimeProvider.System);
        }
    }
}
