using System.Text.Json;
using Siar.TestKit;

namespace Siar.Tool.Tests;

/// <summary>Hubs as processes, on one log in NATS JetStream.</summary>
[Trait("runs", "siar")]
public sealed class ServeNatsTests : IAsyncLifetime
{
    private static int _logs;
    private readonly string _log = $"tool_{Interlocked.Increment(ref _logs)}";
    private NatsServer _server = null!;

    public async ValueTask InitializeAsync() => _server = await NatsServer.Shared;

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    [Fact]
    public async Task A_reader_whose_hub_is_killed_goes_on_at_another_and_misses_nothing_and_gets_nothing_twice()
    {
        await using var a = await StartAsync();
        await using var b = await StartAsync();
        const int Events = 40;
        var last = "";
        var read = new List<string>();
        await using (var reader = a.Subscribe("t", "--since", "earliest", "--format", "json"))
        {
            for (var i = 0; i < Events / 2; i++) await PublishAsync(i % 2 == 0 ? a : b, $"{i}");
            while (read.Count < Events / 2)
            {
                var item = JsonElement.Parse(await reader.ReadAsync());
                if (item.TryGetProperty("signal", out _)) continue;
                read.Add(item.GetProperty("data").GetString()!);
                last = item.GetProperty("id").GetString()!;
            }

            await a.Process.KillAsync();
        }

        for (var i = Events / 2; i < Events; i++) await PublishAsync(b, $"{i}");
        await using (var reader = b.Subscribe("t", "--since", last, "--count", $"{Events / 2}"))
        {
            var (exitCode, output, errors) = await reader.FinishAsync();
            exitCode.ShouldBe(ExitCode.Ok, errors);
            read.AddRange(output.Split('\n', StringSplitOptions.RemoveEmptyEntries));
        }

        read.ShouldBe(Enumerable.Range(0, Events).Select(i => $"{i}"));
    }

    [Fact]
    public async Task A_hub_says_where_its_log_is_and_never_the_password()
    {
        await using var hub = await RunningHub.StartAsync(Variables, "--dev", "--store", $"nats://hub:sécret@127.0.0.1:{_server.Port}");
        (await hub.Process.ReadErrorAsync("store    NATS JetStream, nats://hub:***@127.0.0.1")).ShouldNotContain("sécret");
    }

    [Fact]
    public async Task A_hub_whose_servers_cannot_be_reached_does_not_start_and_says_why()
    {
        var (exitCode, _, errors) = await SiarProcess.RunAsync("serve", "--dev", "--url", "http://127.0.0.1:0", "--store", "nats://hub:sécret@127.0.0.1:1");
        exitCode.ShouldBe(ExitCode.Failure);
        errors.ShouldStartWith("siar serve: The engine cannot be reached, or does not answer. (NATS at nats://hub:***@127.0.0.1:1");
        errors.ShouldNotContain("sécret");
    }

    private IEnumerable<KeyValuePair<string, string>> Variables => [new("SIAR_NATS_LOG", _log)];

    private Task<RunningHub> StartAsync() => RunningHub.StartAsync(Variables, "--dev", "--store", "nats:" + _server.Url);

    private static async Task PublishAsync(RunningHub hub, string data)
    {
        using var answer = await hub.Http.PostAsync("/events/t", new StringContent(data));
        answer.IsSuccessStatusCode.ShouldBeTrue(await answer.Content.ReadAsStringAsync());
    }
}
