using System.Net;
using System.Net.Sockets;

namespace Siar.Tool.Tests;

/// <summary>What a hub's own health check says, asked as a container and an operator ask.</summary>
[Trait("runs", "siar")]
public sealed class HealthTests : IDisposable
{
    private readonly TestFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task A_hub_that_is_ready_is_found_by_its_address_and_by_the_settings_that_it_was_started_with()
    {
        await using var hub = await RunningHub.StartAsync("--url", "http://0.0.0.0:0", "--publisher-key-file", await KeyFileAsync());
        var port = new Uri(hub.Url).Port;
        var config = _folder.File("siar.json");

        await ShouldBeReadyAsync($"http://127.0.0.1:{port}", null, $"http://127.0.0.1:{port}/");
        foreach (var url in new[] { $"http://0.0.0.0:{port}", $"http://*:{port}", $"http://hub.example:{port},http://127.0.0.1:1" })
            await ShouldBeReadyAsync($"http://127.0.0.1:{port}", new() { ["SIAR_URLS"] = url });
        // The address for those who run the hub comes first, and what is wrong elsewhere in the settings is no matter of a hub that runs.
        await File.WriteAllTextAsync(config, $$"""{ "urls": ["http://127.0.0.1:1"], "adminUrl": "http://127.0.0.1:{{port}}", "keepAlive": "wrong" }""", TestContext.Current.CancellationToken);
        await ShouldBeReadyAsync($"http://127.0.0.1:{port}", new() { ["SIAR_CONFIG"] = config });
        await ShouldBeReadyAsync($"http://127.0.0.1:{port}", null, "--config", config);
        (await AskAsync(null, hub.Url.Replace("0.0.0.0", "127.0.0.1"), "--quiet")).ShouldBe(new SiarProcess.Finished(ExitCode.Ok, "", ""));
    }

    [Fact]
    public async Task A_hub_on_a_Unix_socket_is_asked_there()
    {
        var address = $"http://unix:{_folder.File("hub.sock")}";
        await using var hub = SiarProcess.Start("serve", "--url", address, "--store", "memory");
        await hub.ReadAsync();

        await ShouldBeReadyAsync(address, null, address);
        await ShouldBeReadyAsync(address, new() { ["SIAR_URLS"] = address });
    }

    [Fact]
    public async Task The_certificate_is_checked_but_for_the_hub_of_the_settings()
    {
        using var certificate = new TestCertificate();
        await using var hub = await RunningHub.StartAsync("--url", "https://127.0.0.1:0", "--cert", certificate.Both);

        await ShouldBeReadyAsync(hub.Url, new() { ["SIAR_URLS"] = hub.Url });
        await ShouldBeReadyAsync(hub.Url, null, hub.Url, "--insecure");
        var (exitCode, _, errors) = await AskAsync(null, hub.Url);
        exitCode.ShouldBe(ExitCode.Failure);
        errors.ShouldContain($"siar health: there is no hub at {hub.Url}: The remote certificate is invalid");
    }

    [Fact]
    public async Task A_hub_that_cannot_take_events_is_not_ready_and_says_why()
    {
        await using var hub = await RunningHub.StartAsync("--store", $"sqlite:{_folder.File("siar.db")}");
        File.Move(_folder.File("siar.db"), _folder.File("elsewhere.db"));
        using (await hub.Http.PostAsync("/events/t", new StringContent("x")))
        {
        }

        var (exitCode, output, errors) = await AskAsync(null, hub.Url);

        (exitCode, output).ShouldBe((ExitCode.Failure, ""));
        errors.ShouldStartWith($"siar health: the hub at {hub.Url} is not ready (unavailable). The log's file");
        errors.Count('\n').ShouldBe(1);
    }

    [Fact]
    public async Task Nobody_and_somebody_who_is_no_hub_and_somebody_who_says_nothing_are_told_apart()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        var url = $"http://127.0.0.1:{((IPEndPoint)listener.LocalEndpoint).Port}";
        var silent = await AskAsync(null, url, "--timeout", "100ms");
        (silent.ExitCode, silent.Errors).ShouldBe((ExitCode.Failure, $"siar health: the hub at {url} has not answered within 100ms.\n"));

        listener.Stop();
        var gone = await AskAsync(null, url);
        gone.ExitCode.ShouldBe(ExitCode.Failure);
        gone.Errors.ShouldStartWith($"siar health: there is no hub at {url}: Connection refused");

        await using var hub = await RunningHub.StartAsync();
        var elsewhere = await AskAsync(null, hub.Url + "/events");
        (elsewhere.ExitCode, elsewhere.Errors).ShouldBe((ExitCode.Failure, $"siar health: {hub.Url}/events answers /health/ready with 200, and not as a hub does: name a hub's root, or its admin address.\n"));
    }

    [Fact]
    public async Task An_address_that_is_none_is_a_wrong_command_line()
    {
        (await AskAsync(null, "no address")).ShouldBe(new SiarProcess.Finished(ExitCode.Usage, "", "siar health: URL: 'no address' is not a hub's address: write one such as http://127.0.0.1:7427.\n"));
        (await AskAsync(new() { ["SIAR_URLS"] = "http://127.0.0.1:0" })).ShouldBe(new SiarProcess.Finished(
            ExitCode.Usage, "", "siar health: the settings let the system choose the port: name the address that the hub has printed, as in 'siar health http://127.0.0.1:7427'.\n"));
        (await AskAsync(null, "--timeout", "0s")).ExitCode.ShouldBe(ExitCode.Usage);
    }

    private static async Task ShouldBeReadyAsync(string name, Dictionary<string, string>? variables, params string[] arguments) =>
        (await AskAsync(variables, arguments)).ShouldBe(new SiarProcess.Finished(ExitCode.Ok, $"The hub at {name} is ready.\n", ""));

    private static async Task<SiarProcess.Finished> AskAsync(Dictionary<string, string>? variables, params string[] arguments)
    {
        // A busy machine may be slower than the five seconds that an operator waits for.
        string[] patience = arguments.Contains("--timeout") ? [] : ["--timeout", "60s"];
        await using var process = SiarProcess.Start(variables, ["health", .. arguments, .. patience]);
        process.Input.Close();
        return await process.FinishAsync();
    }

    private async Task<string> KeyFileAsync()
    {
        await File.WriteAllTextAsync(_folder.File("key"), "a secret of more than thirty-two bytes");
        return _folder.File("key");
    }
}
