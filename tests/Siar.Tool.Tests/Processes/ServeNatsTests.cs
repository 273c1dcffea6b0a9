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
}
