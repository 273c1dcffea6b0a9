using System.Net;
using System.Net.Http.Headers;
using System.Text.Json;
using Siar.Auth;
using Siar.Topics;

namespace Siar.Tool.Tests;

/// <summary>What a running hub writes to its log.</summary>
[Trait("runs", "siar")]
public sealed class ServeLogTests
{
    private const string Secret = "a secret of more than thirty-two bytes";
    private const string Resource = "https://hub.example/.well-known/mercure";

    [Theory]
    [InlineData("auto")]
    [InlineData("portable")]
    public async Task The_access_log_tells_of_each_request_and_stream_and_of_no_token(string transport)
    {
        var keys = new Dictionary<string, string> { ["SIAR_KEYS_PUBLISHER"] = Secret, ["SIAR_KEYS_SUBSCRIBER"] = Secret, ["SIAR_RESOURCE"] = Resource, ["SIAR_NONSENSE"] = "1" };
        await using var hub = await RunningHub.StartAsync(keys, "--access-log", "--log-format", "json", "--transport", transport);
        (await TellAsync(hub, "SIAR_NONSENSE")).GetProperty("LogLevel").GetString().ShouldBe("Warning");
        (await TellAsync(hub, "listens on")).GetProperty("Category").GetString().ShouldBe("Siar.Tool.StartupReport");
        var token = Token("ann\nfatal: forged");

        using (await HubStream.OpenAsync(hub.Http, "/events/t", token))
        {
            (await SendAsync(hub, HttpMethod.Post, "/events/t?private=true", token)).ShouldBe(HttpStatusCode.OK);
            var publish = await AccessAsync(hub, "POST");
            publish.GetProperty("Address").GetString().ShouldBe("127.0.0.1");
            publish.GetProperty("Caller").GetString().ShouldBe("https://hub.example: ann?fatal: forged");
            publish.GetProperty("Target").GetString().ShouldBe("/events/t?private=true");
            publish.GetProperty("Status").ToString().ShouldBe("200");
            publish.GetProperty("Events").ToString().ShouldBe("1");
            publish.GetProperty("Reason").GetString().ShouldBe("answered");
        }

        // A hub finds out that a reader has gone when it writes to it at the latest.
        await SendAsync(hub, HttpMethod.Post, "/events/t", token);
        var stream = await AccessAsync(hub, "GET");
        stream.GetProperty("Caller").GetString().ShouldBe("https://hub.example: ann?fatal: forged");
        stream.GetProperty("Status").ToString().ShouldBe("200");
        stream.GetProperty("Reason").GetString().ShouldBe("peer_closed");

        (await SendAsync(hub, HttpMethod.Get, "/events/u?authorization=" + token, "nobody's.but-long-enough-to-be-looked-at.signature")).ShouldBe(HttpStatusCode.Unauthorized);
        var refused = await AccessAsync(hub, "/events/u");
        refused.GetProperty("Target").GetString().ShouldBe("/events/u?authorization=REDACTED");
        refused.GetProperty("Status").ToString().ShouldBe("401");
        refused.GetProperty("Reason").GetString().ShouldBe("unauthenticated");

        await hub.Process.SignalAsync(SiarProcess.SigTerm);
        var rest = await hub.Process.FinishAsync();
        rest.ExitCode.ShouldBe(ExitCode.Ok);
        foreach (var line in rest.Errors.Split('\n', StringSplitOptions.RemoveEmptyEntries)) JsonElement.Parse(line).GetProperty("Timestamp").GetString().ShouldEndWith("Z");
        hub.Process.Said.ShouldNotContain(token);
        hub.Process.Said.ShouldNotContain(token.Split('.')[2]);
    }

    [Fact]
    public async Task A_stream_s_line_counts_what_was_sent_and_a_quiet_hub_without_a_log_of_access_says_nothing_of_requests()
    {
        await using (var hub = await RunningHub.StartAsync("--access-log", "--log-format", "journald", "--quiet"))
        {
            using (var stream = await HubStream.OpenAsync(hub.Http, "/events/t"))
            {
                for (var i = 0; i < 3; i++) (await SendAsync(hub, HttpMethod.Post, "/events/t", null)).ShouldBe(HttpStatusCode.OK);
                for (var i = 0; i < 3; i++) await stream.ReadAsync("data: x");
            }

            await SendAsync(hub, HttpMethod.Post, "/events/t", null);
            (await hub.Process.ReadErrorAsync("GET /events/t")).ShouldMatch(@"^<6>Siar\.AspNetCore\.AccessLog\[1\] 127\.0\.0\.1 - GET /events/t\?signals=on HTTP/1\.1 200 \d+ ms, [34] events, peer_closed$");
        }

        await using var silent = await RunningHub.StartAsync("--quiet");
        await SendAsync(silent, HttpMethod.Post, "/events/t", null);
        await silent.Process.SignalAsync(SiarProcess.SigTerm);
        (await silent.Process.FinishAsync()).Errors.ShouldBeEmpty();
    }

    private static async Task<JsonElement> TellAsync(RunningHub hub, string text) => JsonElement.Parse(await hub.Process.ReadErrorAsync(text));

    private static async Task<JsonElement> AccessAsync(RunningHub hub, string text)
    {
        while (true)
        {
            var line = await TellAsync(hub, text);
            if (line.GetProperty("Category").GetString() == "Siar.AspNetCore.AccessLog") return line.GetProperty("State");
        }
    }

    private static string Token(string subject) => new TokenMinter(SigningKey.FromSecret(System.Text.Encoding.UTF8.GetBytes(Secret)), TimeProvider.System).Mint(new TokenRequest
    {
        Publish = MatcherSet.All, Subscribe = MatcherSet.All, Lifetime = TimeSpan.FromMinutes(10), Issuer = "https://hub.example", Audience = Resource, Subject = subject,
    });

    private static async Task<HttpStatusCode> SendAsync(RunningHub hub, HttpMethod method, string path, string? token)
    {
        using var request = new HttpRequestMessage(method, path) { Content = method == HttpMethod.Post ? new StringContent("x") : null };
        if (token is not null) request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", token);
        request.Headers.Add("Cookie", "mercureAuthorization=a-cookie-that-nobody-logs");
        using var answer = await hub.Http.SendAsync(request);
        return answer.StatusCode;
    }
}
