using Siar.Hub;

namespace Siar.AspNetCore.Tests;

public sealed class ReadinessTests
{
    private readonly Lifetime _lifetime = new();

    [Fact]
    public async Task A_hub_is_ready_once_started_and_until_it_drains()
    {
        var options = new HubOptions();
        await using var hub = new EventHub(new MemoryLog(options.Retention, [], TimeProvider.System), options, TimeProvider.System);
        hub.Start();
        var readiness = new Readiness(_lifetime, hub);

        readiness.NotReady()!.Value.Status.ShouldBe("starting");
        await _lifetime.Started.CancelAsync();
        readiness.NotReady().ShouldBeNull();
        await hub.DrainAsync(TestContext.Current.CancellationToken);
        readiness.NotReady()!.Value.Status.ShouldBe("draining");
    }

    [Fact]
    public async Task An_application_that_stops_is_not_ready()
    {
        var options = new HubOptions();
        await using var hub = new EventHub(new MemoryLog(options.Retention, [], TimeProvider.System), options, TimeProvider.System);
        hub.Start();
        await _lifetime.Started.CancelAsync();
        await _lifetime.Stopping.CancelAsync();

        new Readiness(_lifetime, hub).NotReady()!.Value.Status.ShouldBe("draining");
    }

    [Fact]
    public async Task A_hub_whose_loop_has_ended_is_not_live_and_says_which()
    {
        var options = new HubOptions();
        await using var hub = new EventHub(new MemoryLog(options.Retention, [], TimeProvider.System), options, TimeProvider.System);
        hub.Start();
        var liveness = new Liveness(hub);
        liveness.NotLive().ShouldBeNull();

        await hub.Loops.RunAsync("reader", () => throw new InvalidOperationException("bug"), _ => { });
        liveness.NotLive().ShouldBe(("failed", "The hub's loop 'reader' has ended unexpectedly: restart the process. Why is in the hub's log."));
    }

    private sealed class Lifetime : IHostApplicationLifetime
    {
        public CancellationTokenSource Started { get; } = new();

        public CancellationTokenSource Stopping { get; } = new();

        public CancellationToken ApplicationStarted => Started.Token;

        public CancellationToken ApplicationStopping => Stopping.Token;

        public CancellationToken ApplicationStopped => CancellationToken.None;

        public void StopApplication() => Stopping.Cancel();
    }
}
