using System.Collections;
using System.Threading.Channels;
using Microsoft.Extensions.Hosting.Systemd;
using Microsoft.Extensions.Logging.Abstractions;
using Siar.TestKit;

namespace Siar.Tool.Tests;

public sealed class ServiceNotifierTests
{
    private const string Serving = "\nSTATUS=The hub takes events and readers.";
    private readonly ManualTimeProvider _time = new();
    private readonly Sent _sent = new();
    private string? _notLive;
    private string? _notReady;

    [Fact]
    public async Task A_hub_that_is_not_live_gives_no_sign_of_life_until_it_is_again()
    {
        using var notifier = Notifier(TimeSpan.FromSeconds(30), CancellationToken.None);
        notifier.Serves();
        (await _sent.NextAsync()).ShouldBe("READY=1" + Serving);

        (await AfterASecondAsync()).ShouldBe("WATCHDOG=1");
        (await AfterASecondAsync()).ShouldBe("WATCHDOG=1");
        _notLive = "A loop has ended.";
        (await AfterASecondAsync()).ShouldBe("STATUS=A loop has ended.");
        // The next look sends the next status and nothing before it.
        _notLive = "Another loop has ended.";
        (await AfterASecondAsync()).ShouldBe("STATUS=Another loop has ended.");
        _notLive = null;
        (await AfterASecondAsync()).ShouldBe(Serving.TrimStart());
        (await _sent.NextAsync()).ShouldBe("WATCHDOG=1");
    }

    [Fact]
    public async Task A_hub_whose_health_cannot_be_found_out_gives_no_sign_of_life_and_the_watch_goes_on()
    {
        var isBroken = true;
        using var notifier = new ServiceNotifier(
            new ServiceManager(_sent, TimeSpan.FromSeconds(30)), () => isBroken ? throw new InvalidOperationException("bug") : null, () => null, CancellationToken.None, _time, NullLogger<ServiceNotifier>.Instance);
        notifier.Serves();
        await _sent.NextAsync();

        (await AfterASecondAsync()).ShouldBe("STATUS=The hub does not know how it is: why is in its log.");
        isBroken = false;
        (await AfterASecondAsync()).ShouldBe(Serving.TrimStart());
        (await _sent.NextAsync()).ShouldBe("WATCHDOG=1");
    }

    [Fact]
    public async Task A_reload_is_told_only_of_a_hub_that_serves_and_not_of_one_that_stops()
    {
        using var stopping = new CancellationTokenSource();
        using var notifier = Notifier(null, stopping.Token);
        notifier.BeginReload();
        notifier.EndReload();
        notifier.Serves();
        (await _sent.NextAsync()).ShouldBe("READY=1" + Serving);
        _time.Advance(TimeSpan.FromMilliseconds(1.5));
        notifier.BeginReload();
        (await _sent.NextAsync()).ShouldBe("RELOADING=1\nMONOTONIC_USEC=1500\nSTATUS=The hub reads its settings again.");
        _notReady = "The log is full.";
        notifier.EndReload();
        (await _sent.NextAsync()).ShouldBe("READY=1\nSTATUS=The log is full.");
        notifier.BeginReload();
        await _sent.NextAsync();
        await stopping.CancelAsync();
        (await _sent.NextAsync()).ShouldStartWith("STOPPING=1\n");
        notifier.EndReload();
        notifier.BeginReload();
        _sent.IsEmpty.ShouldBeTrue();
    }

    [Theory]
    [InlineData("30000000", null, 30_000)]
    [InlineData("30000000", "7", 30_000)]
    [InlineData("30000000", "8", null)]
    [InlineData("0", null, null)]
    [InlineData("-1", null, null)]
    [InlineData("18446744073709551615", null, null)]
    [InlineData("soon", null, null)]
    [InlineData(null, null, null)]
    public void The_time_of_the_watchdog_is_the_environments_where_it_is_for_this_process(string? time, string? process, int? milliseconds) =>
        ServiceManager.WatchdogTimeOf(new Hashtable { ["WATCHDOG_USEC"] = time, ["WATCHDOG_PID"] = process }, 7)
            .ShouldBe(milliseconds is { } m ? TimeSpan.FromMilliseconds(m) : null);

    private ServiceNotifier Notifier(TimeSpan? watchdog, CancellationToken stopping) =>
        new(new ServiceManager(_sent, watchdog), () => _notLive, () => _notReady, stopping, _time, NullLogger<ServiceNotifier>.Instance);

    private async Task<string> AfterASecondAsync()
    {
        _sent.IsEmpty.ShouldBeTrue();
        _time.Advance(TimeSpan.FromSeconds(1));
        return await _sent.NextAsync();
    }

    /// <summary>Keeps what a service manager would be sent.</summary>
    private sealed class Sent : ISystemdNotifier
    {
        private readonly Channel<string> _messages = Channel.CreateUnbounded<string>();

        public bool IsEnabled => true;

        public bool IsEmpty => _messages.Reader.Count == 0;

        public void Notify(ServiceState state) => _messages.Writer.TryWrite(state.ToString());

        public Task<string> NextAsync() => _messages.Reader.ReadAsync().AsTask().WaitAsync(TimeSpan.FromMinutes(1));
    }
}
