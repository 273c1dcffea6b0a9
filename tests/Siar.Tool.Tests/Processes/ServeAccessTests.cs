using System.Net;
using System.Net.Http.Headers;

namespace Siar.Tool.Tests;

/// <summary>The hub as a process, with keys.</summary>
[Trait("runs", "siar")]
public sealed class ServeAccessTests
{
    private const string Secret = "!ChangeThisMercureHubJWTSecretKey!";

    private static readonly string[] AsOutsideSuitesStartIt =
        ["--anonymous", "--issuer", "https://localhost", "--resource", "https://localhost/.well-known/mercure"];

    private static readonly Dictionary<string, string> Keys = new() { ["MERCURE_PUBLISHER_JWT_KEY"] = Secret, ["MERCURE_SUBSCRIBER_JWT_KEY"] = Secret };

    [Fact]
    public async Task Tokens_of_both_dialects_open_the_doors_that_are_closed_without()
    {
        await using var hub = await RunningHub.StartAsync(Keys, AsOutsideSuitesStartIt);
        await hub.Process.ReadErrorAsync("mode     tokens: publishers need a token, readers only for private events");

        (await PublishAsync(hub, null)).ShouldBe(HttpStatusCode.Unauthorized);
        foreach (var dialect in new[] { "1.0", "0.x" })
        {
            var publisher = await TokenAsync("--dialect", dialect, "--publish", "*");
            (await PublishAsync(hub, publisher)).ShouldBe(HttpStatusCode.OK, dialect);
            var reader = await TokenAsync("--dialect", dialect, "--subscribe", "t");
            await using var mine = hub.Subscribe("t", "--since", "earliest", "--count", "1", "--token", reader);
            (await mine.FinishAsync()).Output.ShouldBe("private\n", dialect);
        }

        await using var anybody = hub.Subscribe("t", "u", "--since", "earliest", "--count", "1");
        var publish = hub.Publish("u", "public", "--token", await TokenAsync("--publish", "u"));
        await using (publish) (await publish.FinishAsync()).ExitCode.ShouldBe(ExitCode.Ok);
        (await anybody.FinishAsync()).Output.ShouldBe("public\n");
    }

    [Fact]
    public async Task The_page_answers_also_where_tokens_are_needed()
    {
        await using var hub = await RunningHub.StartAsync(Keys);

        using var page = await hub.Http.GetAsync("/");

        page.StatusCode.ShouldBe(HttpStatusCode.OK);
        page.Content.Headers.ContentType!.MediaType.ShouldBe("text/html");
    }

    [Fact]
    public async Task A_key_that_does_not_fit_stops_the_start_with_its_setting_s_name()
    {
        var variables = new Dictionary<string, string>(Keys) { ["SIAR_KEYS_SUBSCRIBER_ALGORITHMS"] = "ES256" };
        await using var process = SiarProcess.Start(variables, "serve", "--store", "memory", "--url", "http://127.0.0.1:0");

        var (exitCode, _, errors) = await process.FinishAsync();

        exitCode.ShouldBe(ExitCode.Usage);
        errors.ShouldStartWith("siar serve: keys.subscriber: ");
        errors.ShouldContain("ES256");
        errors.ShouldNotContain(Secret);
    }

    [Fact]
    public async Task A_secret_of_three_bytes_stops_the_start_and_not_in_development_mode()
    {
        var variables = new Dictionary<string, string> { ["MERCURE_PUBLISHER_JWT_KEY"] = "abc" };
        await using var process = SiarProcess.Start(variables, "serve", "--store", "memory", "--url", "http://127.0.0.1:0");
        var (exitCode, _, errors) = await process.FinishAsync();

        exitCode.ShouldBe(ExitCode.Usage);
        errors.ShouldStartWith("siar serve: keys.publisher has a secret of 3 bytes");
        await using var hub = await RunningHub.StartAsync(variables, "--dev");
    }

    [Fact]
    public async Task A_secret_of_twenty_bytes_is_warned_of()
    {
        await using var hub = await RunningHub.StartAsync(new Dictionary<string, string> { ["SIAR_KEYS_PUBLISHER"] = "twenty bytes of text" });
        await hub.Process.ReadErrorAsync("has a secret of 20 bytes");
    }

    [Fact]
    public async Task Development_mode_takes_a_loopback_origin_and_no_other()
    {
        await using (var hub = await RunningHub.StartAsync("--dev", "--cors-origin", "http://localhost:5173"))
        {
            await hub.Process.ReadErrorAsync("lets in everybody whom it serves");
            using var request = new HttpRequestMessage(HttpMethod.Post, "/events/t") { Content = new StringContent("x"), Headers = { { "Origin", "http://localhost:5173" } } };
            using var answer = await hub.Http.SendAsync(request);
            answer.StatusCode.ShouldBe(HttpStatusCode.OK);
            answer.Headers.GetValues("Access-Control-Allow-Origin").ShouldBe(["http://localhost:5173"]);
        }

        await using var process = SiarProcess.Start("serve", "--dev", "--cors-origin", "https://app.example", "--url", "http://127.0.0.1:0");
        var (exitCode, _, errors) = await process.FinishAsync();
        exitCode.ShouldBe(ExitCode.Usage);
        errors.ShouldStartWith("siar serve: corsOrigins has 'https://app.example', and development mode answers only pages of this machine");
    }

    private static async Task<HttpStatusCode> PublishAsync(RunningHub hub, string? token)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, "/events/t?private=true") { Content = new StringContent("private") };
        if (token is not null) request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", token);
        using var answer = await hub.Http.SendAsync(request);
        return answer.StatusCode;
    }

    private static async Task<string> TokenAsync(params string[] arguments)
    {
        var (exitCode, output, errors) = await SiarProcess.RunAsync(
            ["token", "--quiet", "--key", Secret, "--issuer", "https://localhost", "--resource", "https://localhost/.well-known/mercure", .. arguments]);
        exitCode.ShouldBe(ExitCode.Ok, errors);
        return output.TrimEnd('\n');
    }
}
