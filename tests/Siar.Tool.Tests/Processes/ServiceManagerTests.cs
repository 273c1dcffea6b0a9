using System.Diagnostics;
using System.Globalization;

namespace Siar.Tool.Tests;

/// <summary>What a service manager such as systemd hears of a running hub.</summary>
[Trait("runs", "siar")]
public sealed class ServiceManagerTests : IDisposable
{
    private const string Serving = "STATUS=The hub takes events and readers.";
    private readonly TestFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task It_hears_when_the_hub_serves_reads_its_settings_again_cannot_take_events_and_stops_and_that_it_lives()
    {
        using var manager = new NotifySocket(_folder.File("notify"));
        await using var hub = await RunningHub.StartAsync(
            new Dictionary<string, string> { ["NOTIFY_SOCKET"] = manager.Path, ["WATCHDOG_USEC"] = "100000" }, "--admin-url", "http://127.0.0.1:0", "--store", $"sqlite:{_folder.File("siar.db")}");
        (await manager.ReadToAsync("READY=1")).ShouldBe([$"READY=1\n{Serving}"]);
        (await hub.Http.GetStringAsync("/health/ready")).ShouldBe("""{"status":"ok"}""");
        await manager.ReadToAsync("WATCHDOG=1");

        var before = MonotonicMicroseconds();
        await hub.Process.SignalAsync(SiarProcess.SigHup);
        var reloading = (await manager.ReadToAsync("RELOADING=1"))[^1].Split('\n');
        reloading[1].ShouldStartWith("MONOTONIC_USEC=");
        long.Parse(reloading[1]["MONOTONIC_USEC=".Length..], CultureInfo.InvariantCulture).ShouldBeInRange(before, MonotonicMicroseconds());
        (await manager.ReadToAsync("READY=1"))[^1].ShouldBe($"READY=1\n{Serving}");
        await hub.Process.ReadErrorAsync("The settings were read again");

        File.Move(_folder.File("siar.db"), _folder.File("elsewhere.db"));
        using (await hub.Http.PostAsync("/events/t", new StringContent("x")))
        {
        }

        (await manager.ReadToAsync("STATUS="))[^1].ShouldStartWith("STATUS=The log's file");
        // It lives all the same: another process would find the same disk.
        await manager.ReadToAsync("WATCHDOG=1");
        File.Move(_folder.File("elsewhere.db"), _folder.File("siar.db"));
        (await manager.ReadToAsync("STATUS="))[^1].ShouldBe(Serving);

        await hub.Process.SignalAsync(SiarProcess.SigTerm);
        (await manager.ReadToAsync("STOPPING=1"))[^1].ShouldBe("STOPPING=1\nSTATUS=The hub ends its streams, and its readers reconnect.");
        (await hub.Process.FinishAsync()).ExitCode.ShouldBe(ExitCode.Ok);
    }

    [Fact]
    public async Task A_socket_that_nobody_reads_any_more_is_told_once_and_changes_nothing()
    {
        var manager = new NotifySocket(_folder.File("notify"));
        await using var hub = await RunningHub.StartAsync(new Dictionary<string, string> { ["NOTIFY_SOCKET"] = manager.Path, ["WATCHDOG_USEC"] = "10000" });
        await manager.ReadToAsync("READY=1");
        manager.Dispose();

        await hub.Process.ReadErrorAsync("The service manager at NOTIFY_SOCKET cannot be told how the hub is.");
        await hub.Process.SignalAsync(SiarProcess.SigHup);
        await hub.Process.ReadErrorAsync("The settings were read again");
        await hub.Process.SignalAsync(SiarProcess.SigTerm);
        var (exitCode, _, errors) = await hub.Process.FinishAsync();
        exitCode.ShouldBe(ExitCode.Ok);
        errors.ShouldNotContain("cannot be told");
    }

    private static long MonotonicMicroseconds() => (long)((Int128)Stopwatch.GetTimestamp() * 1_000_000 / Stopwatch.Frequency);
}
