using System.Net;
using System.Text.Json;

namespace Siar.Tool.Tests;

/// <summary>The hub as a process: its start, its doors, its end.</summary>
[Trait("runs", "siar")]
public sealed class ServeTests
{
    [Fact]
    public async Task It_says_where_it_is_and_in_which_mode()
    {
        await using var hub = await RunningHub.StartAsync();

        new Uri(hub.Url).Port.ShouldBeGreaterThan(0);
        await hub.Process.ReadErrorAsync($"address  {hub.Url}");
        await hub.Process.ReadErrorAsync("mode     development, for want of keys: ");
        await hub.Process.ReadErrorAsync("store    memory: ");
    }

    [Fact]
    public async Task Quiet_leaves_only_the_page_s_address()
    {
        await using var hub = await RunningHub.StartAsync("--quiet");

        await hub.Process.SignalAsync(SiarProcess.SigInt);

        (await hub.Process.FinishAsync()).ShouldBe(new SiarProcess.Finished(ExitCode.Ok, "", ""));
    }

    [Theory]
    [InlineData(SiarProcess.SigInt)]
    [InlineData(SiarProcess.SigTerm)]
    public async Task It_ends_with_its_streams_in_order(int signal)
    {
        await using var hub = await RunningHub.StartAsync();
        using var response = await hub.Http.GetAsync("/events/t", HttpCompletionOption.ResponseHeadersRead);
        using var stream = new StreamReader(await response.Content.ReadAsStreamAsync());

        await hub.Process.SignalAsync(signal);

        // To the end of the body, which comes as an end and not as a broken connection.
        var lines = (await stream.ReadToEndAsync()).Split('\n');
        lines.Count(l => l.StartsWith("retry: ", StringComparison.Ordinal)).ShouldBe(2);
        (await hub.Process.FinishAsync()).ExitCode.ShouldBe(ExitCode.Ok);
    }

    [Fact]
    public async Task Probes_and_metrics_answer()
    {
        await using var hub = await RunningHub.StartAsync();
        using var published = await hub.Http.PostAsync("/events/t", new StringContent("x"));
        published.EnsureSuccessStatusCode();

        (await hub.Http.GetStringAsync("/health/live")).ShouldBe("""{"status":"ok"}""");
        (await hub.Http.GetStringAsync("/health/ready")).ShouldBe("""{"status":"ok"}""");
        using var metrics = await hub.Http.GetAsync("/metrics");
        metrics.Content.Headers.ContentType!.ToString().ShouldBe("text/plain; version=0.0.4; charset=utf-8");
        var lines = (await metrics.Content.ReadAsStringAsync()).Split('\n');
        lines.ShouldContain("# TYPE siar_publishes_total counter");
        lines.ShouldContain("siar_publishes_total 1");
        lines.ShouldContain("siar_publish_duration_seconds_count 1");
        lines.ShouldContain("siar_subscribers 0");
        lines.ShouldContain(l => l.StartsWith("dotnet_process_memory_working_set_bytes ", StringComparison.Ordinal));
    }

    [Fact]
    public async Task The_page_runs_nothing_but_its_own_files()
    {
        await using var hub = await RunningHub.StartAsync();

        using var page = await hub.Http.GetAsync("/");

        page.StatusCode.ShouldBe(HttpStatusCode.OK);
        page.Headers.GetValues("Content-Security-Policy").Single().ShouldStartWith("default-src 'none'; script-src 'self'; ");
        (await page.Content.ReadAsStringAsync()).ShouldContain("<base href=\"/\">");
        (await hub.Http.GetAsync("/dashboard.css")).StatusCode.ShouldBe(HttpStatusCode.OK);
        (await hub.Http.GetAsync("/demo")).StatusCode.ShouldBe(HttpStatusCode.NotFound);
    }

    [Fact]
    public async Task A_host_cannot_write_itself_into_the_page()
    {
        await using var hub = await RunningHub.StartAsync("--demo");
        using var request = new HttpRequestMessage(HttpMethod.Get, "/demo") { Headers = { Host = "localhost" } };
        request.Headers.TryAddWithoutValidation("X-Forwarded-Host", "<script>");

        using var page = await hub.Http.SendAsync(request);

        (await page.Content.ReadAsStringAsync()).ShouldNotContain("<script>");
    }

    [Fact]
    public async Task The_demonstration_publishes_this_machine_s_figures()
    {
        await using var hub = await RunningHub.StartAsync("--demo");

        (await hub.Http.GetStringAsync("/demo")).ShouldContain("<script src=\"/demo/demo.js\" defer>");
        (await hub.Http.GetStringAsync("/live/about")).ShouldContain("\"demo\":\"/demo\"");
        (await hub.Http.GetAsync("/demo/demo.js")).StatusCode.ShouldBe(HttpStatusCode.OK);
        foreach (var kind in OperatingSystem.IsLinux() ? ["cpu", "memory", "load", "process", "hub"] : new[] { "memory", "process", "hub" })
        {
            await using var reader = hub.Subscribe("demo/" + kind, "--since", "earliest", "--count", "1", "--format", "json");
            var found = JsonElement.Parse(await reader.ReadAsync());
            while (found.TryGetProperty("signal", out _)) found = JsonElement.Parse(await reader.ReadAsync());
            found.GetProperty("type").GetString().ShouldBe(kind);
            JsonElement.Parse(found.GetProperty("data").GetString()!).ValueKind.ShouldBe(JsonValueKind.Object);
        }
    }

    [Fact]
    public async Task What_is_not_there_is_told_in_a_sentence()
    {
        await using var hub = await RunningHub.StartAsync();
        foreach (var (method, path, status, sentence) in new[]
        {
            ("GET", "/nowhere", 404, "There is nothing at this path. Events are at /events/TOPIC"),
            ("POST", "/nowhere/else.html", 404, "There is nothing at this path."),
            ("PUT", "/events/t", 405, "This path does not take that method: it takes "),
            ("DELETE", "/.well-known/mercure", 405, "This path does not take that method: it takes "),
            ("POST", "/health/ready", 405, "This path does not take that method: it takes "),
            ("PATCH", "/metrics", 405, "This path does not take that method: it takes "),
            ("DELETE", "/live/token", 405, "This path does not take that method: it takes "),
            ("POST", "/", 405, "This path does not take that method: it takes "),
        })
        {
            using var request = new HttpRequestMessage(new HttpMethod(method), path);

            using var answer = await hub.Http.SendAsync(request);

            var told = $"{(int)answer.StatusCode} {await answer.Content.ReadAsStringAsync()}";
            told.ShouldStartWith($"{status} {sentence}", Case.Sensitive, $"{method} {path}");
            answer.Content.Headers.ContentType!.MediaType.ShouldBe("text/plain");
            if (status == 405) answer.Content.Headers.Allow.ShouldNotBeEmpty();
        }
    }

    [Theory]
    [InlineData("siar serve: --url: 'nowhere' is not an address", "serve", "--url", "nowhere")]
    [InlineData("siar serve: http://0.0.0.0:0 can be reached from other machines, and without keys", "serve", "--url", "http://0.0.0.0:0")]
    [InlineData("siar serve: http://[::]:0 can be reached from other machines, and development mode", "serve", "--dev", "--url", "http://[::]:0")]
    [InlineData("siar serve: --store: The connection to PostgreSQL cannot be read: write it as Npgsql does, such as 'Host=db;Database=app;Username=hub', or as a URI, such as 'postgresql://hub@db/app'.", "serve", "--store", "postgres:Host=db;Passwort=secret")]
    [InlineData("siar serve: --config: the file '/nowhere.json' cannot be read", "serve", "--config", "/nowhere.json")]
    [InlineData("siar serve: --cert: there is no file '/nowhere.pem'.", "serve", "--cert", "/nowhere.pem")]
    [InlineData("siar: '--prot' is not understood here.\n'siar serve --help'", "serve", "--prot", "80")]
    [InlineData("siar: 'sreve' is not understood here. Did you mean 'serve'?\n'siar --help'", "sreve", "more", "words")]
    [InlineData("siar: '--urll' is not understood here. Did you mean '--url'?\n'siar serve --help'", "serve", "--urll", "http://127.0.0.1:0")]
    [InlineData("siar: 'verfy' is not understood here. Did you mean 'verify'?\n'siar log --help'", "log", "verfy")]
    [InlineData("siar: '--no-such-flag' is not understood here.", "publish", "--no-such-flag", "t")]
    [InlineData("siar: '-x' is not understood here.", "subscribe", "t", "-x", "--", "-y")]
    [InlineData("siar: Required command was not provided.")]
    [InlineData("siar publish: --hub: 'nowhere' is not a hub's address", "publish", "t", "x", "--hub", "nowhere")]
    [InlineData("siar: --id names one event", "publish", "t", "--id", "1")]
    [InlineData("siar: there is nothing to subscribe to", "subscribe")]
    [InlineData("siar subscribe: --format: there is no format 'xml'", "subscribe", "t", "--format", "xml")]
    [InlineData("siar subscribe: --count: '0' is not a number from 1", "subscribe", "t", "--count", "0")]
    [InlineData("siar subscribe: --timeout: '5' is not a duration", "subscribe", "t", "--timeout", "5")]
    public async Task A_wrong_command_line_is_told_in_a_sentence(string sentence, params string[] arguments)
    {
        var (exitCode, output, errors) = await SiarProcess.RunAsync(arguments);

        exitCode.ShouldBe(ExitCode.Usage);
        output.ShouldBeEmpty();
        errors.ShouldStartWith(sentence);
        errors.ShouldNotContain("   at ");
    }

    [Fact]
    public async Task A_setting_that_fits_no_other_stops_the_start()
    {
        var variables = new Dictionary<string, string> { ["SIAR_LIMITS_EVENT_BYTES"] = "2MiB", ["SIAR_LIMITS_REQUEST_BYTES"] = "1MiB" };
        await using var process = SiarProcess.Start(variables, "serve", "--dev", "--url", "http://127.0.0.1:0");

        var (exitCode, _, errors) = await process.FinishAsync();

        exitCode.ShouldBe(ExitCode.Usage);
        errors.ShouldContain("one event must fit in a request");
    }

    [Fact]
    public async Task An_address_that_is_taken_is_a_failure()
    {
        await using var hub = await RunningHub.StartAsync();

        foreach (var addresses in new[] { new[] { "--url", hub.Url }, ["--url", "http://127.0.0.1:0", "--admin-url", hub.Url] })
        {
            var (exitCode, _, errors) = await SiarProcess.RunAsync(["serve", "--dev", .. addresses]);

            exitCode.ShouldBe(ExitCode.Failure);
            errors.ShouldContain($"{hub.Url}: address already in use: end what listens there, or give another address with --url, and for the metrics with --admin-url.");
            errors.ShouldNotContain("   at ");
        }
    }

    [Fact]
    public async Task Settings_are_shown_with_what_the_command_line_said()
    {
        var (exitCode, output, _) = await SiarProcess.RunAsync("serve", "--demo", "--url", "http://127.0.0.1:1", "--url", "http://127.0.0.1:2", "--print-config");

        exitCode.ShouldBe(ExitCode.Ok);
        var settings = JsonElement.Parse(output);
        settings.GetProperty("demo").GetBoolean().ShouldBeTrue();
        settings.GetProperty("urls").GetArrayLength().ShouldBe(2);
    }
}
