using System.Net;
using System.Net.Http.Headers;

namespace Siar.Tool.Tests;

/// <summary>The hub as a process, with keys.</summary>
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
