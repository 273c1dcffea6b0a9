using System.Net;
using System.Net.Http.Headers;
using Siar.Auth;
using Siar.Topics;

namespace Siar.Tool.Tests;

/// <summary>A running hub whose settings are read again: by the signal, and since a file has changed.</summary>
[Trait("runs", "siar")]
public sealed class ServeReloadTests : IDisposable
{
    private const string Resource = "https://hub.example/.well-known/mercure";
    private const string Ours = "https://hub.example";
    private const string Theirs = "https://id.example";
    private const string WasRead = "The settings were read again: ";

    private readonly TestFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task A_key_and_an_issuer_that_are_taken_out_end_their_streams_and_no_others()
    {
        var (publisher, kept, removed, foreign) = (KeyFile("publisher"), KeyFile("kept"), KeyFile("removed"), KeyFile("foreign"));
        string Settings(string[] subscribers, string issuers, string more = "") => $$"""
            {
              "resource": "{{Resource}}", "guardMetrics": false, "keys": { "publisherFiles": ["{{publisher}}"], "subscriberFiles": [{{string.Join(", ", subscribers.Select(s => $"\"{s}\""))}}] },
              "trustedIssuers": {{issuers}}{{more}}
            }
            """;
        var file = Write("siar.json", Settings([kept, removed], $$"""[{"issuer": "{{Theirs}}", "role": "subscriber", "files": ["{{foreign}}"]}]"""));
        await using var hub = await RunningHub.StartAsync("--config", file);
        using var goesOn = await HubStream.OpenAsync(hub.Http, "/events/t", Token(kept, Ours));
        using var ofKey = await HubStream.OpenAsync(hub.Http, "/events/t", Token(removed, Ours));
        using var ofIssuer = await HubStream.OpenAsync(hub.Http, "/events/t", Token(foreign, Theirs));
        (await AllowedOriginAsync(hub)).ShouldBeNull();

        Write("siar.json", Settings([kept], "[]", """, "limits": {"connections": 1}, "corsOrigins": ["https://app.example"], "log": {"levels": ["warning", "Microsoft.AspNetCore.Server.Kestrel=debug"]}"""));
        await hub.Process.SignalAsync(SiarProcess.SigHup);

        var told = await hub.Process.ReadErrorAsync(WasRead);
        told.ShouldContain("keys.subscriberFiles, trustedIssuers, corsOrigins");
        told.ShouldContain("limits.connections");
        await ofKey.ReadToEndAsync();
        await ofIssuer.ReadToEndAsync();
        (await PublishAsync(hub, Token(publisher, Ours))).ShouldBe(HttpStatusCode.OK);
        await goesOn.ReadAsync("data: x");
        (await ReadAsync(hub, Token(removed, Ours))).ShouldBe(HttpStatusCode.Unauthorized);
        (await ReadAsync(hub, Token(foreign, Theirs))).ShouldBe(HttpStatusCode.Unauthorized);
        // The lower limit ends nothing, and holds for what comes.
        (await ReadAsync(hub, Token(kept, Ours))).ShouldBe(HttpStatusCode.ServiceUnavailable);
        (await AllowedOriginAsync(hub)).ShouldBe("https://app.example");
        // The new level tells of connections.
        await hub.Process.ReadErrorAsync("Microsoft.AspNetCore.Server.Kestrel");
        (await hub.Http.GetStringAsync("/metrics")).ShouldContain("""reason="revoked"} 2""");
    }

    [Fact]
    public async Task What_is_wrong_changes_nothing_and_what_needs_a_restart_is_named()
    {
        var key = KeyFile("key");
        string Settings(string more) => $$"""{ "resource": "{{Resource}}", "keys": { "publisherFiles": ["{{key}}"], "subscriberFiles": ["{{key}}"] }{{more}} }""";
        var file = Write("siar.json", Settings(""));
        await using var hub = await RunningHub.StartAsync("--config", file);
        using var stream = await HubStream.OpenAsync(hub.Http, "/events/t", Token(key, Ours));

        foreach (var (more, sentence) in new[]
        {
            (""", "limits": {"connections": 0}""", "limits.connections: '0' is out of range"),
            (""", "limits": {"connections": 1}, "corsOrigins": ["nowhere"]""", "corsOrigins has 'nowhere'"),
            (""", "limits": {"connections": 1}, "issuers": 7, "dev": true""", "in development mode"),
            (""", "limits": {"connections": 1}, "keys": {"subscriberAlgorithms": ["ES256"]}""", "keys.subscriber"),
            ("x", "is not JSON"),
        })
        {
            Write("siar.json", Settings(more));
            await hub.Process.SignalAsync(SiarProcess.SigHup);
            (await hub.Process.ReadErrorAsync("are wrong, so everything stays as it was: ")).ShouldContain(sentence);
        }

        using (await HubStream.OpenAsync(hub.Http, "/events/t", Token(key, Ours)))
        {
        }

        Write("siar.json", Settings(""", "maxStreamsPerConnection": 3, "retention": {"maxCount": 2}, "lanes": 3"""));
        await hub.Process.SignalAsync(SiarProcess.SigHup);
        (await hub.Process.ReadErrorAsync(WasRead)).ShouldContain("retention.maxCount changed");
        (await hub.Process.ReadErrorAsync("were changed and need a restart: ")).ShouldContain("need a restart: maxStreamsPerConnection, lanes.");
        (await PublishAsync(hub, Token(key, Ours))).ShouldBe(HttpStatusCode.OK);
        await stream.ReadAsync("data: x");
        await hub.Process.SignalAsync(SiarProcess.SigTerm);
        (await hub.Process.FinishAsync()).ExitCode.ShouldBe(ExitCode.Ok);
    }

    [Theory]
    [InlineData("auto")]
    [InlineData("portable")]
    public async Task A_renewed_certificate_is_shown_with_its_chain_and_streams_go_on(string transport)
    {
        using var chain = new TestChain();
        var file = chain.Write(_folder.File("tls.pem"), "first");
        await using var hub = await RunningHub.StartAsync("--url", "https://127.0.0.1:0", "--cert", file, "--transport", transport);
        (await chain.ConnectAsync(hub.Url)).ShouldBe(("CN=first", 3, "h2"));
        using var http = chain.Client();
        using var stream = await HubStream.OpenAsync(http, hub.Url + "/events/t");

        chain.Write(file, "second");
        await hub.Process.SignalAsync(SiarProcess.SigHup);
        await hub.Process.ReadErrorAsync(WasRead);

        (await chain.ConnectAsync(hub.Url)).ShouldBe(("CN=second", 3, "h2"));
        await File.WriteAllTextAsync(file, "no certificate", TestContext.Current.CancellationToken);
        await hub.Process.SignalAsync(SiarProcess.SigHup);
        (await hub.Process.ReadErrorAsync("everything stays as it was: ")).ShouldContain("the certificate");
        (await chain.ConnectAsync(hub.Url)).ShouldBe(("CN=second", 3, "h2"));
        (await http.PostAsync(hub.Url + "/events/t", new StringContent("x"))).StatusCode.ShouldBe(HttpStatusCode.OK);
        await stream.ReadAsync("data: x");
    }

    [Fact]
    public async Task With_watch_a_changed_file_is_read_without_a_signal()
    {
        var file = Write("siar.json", """{ "watch": true }""");
        await using var hub = await RunningHub.StartAsync("--config", file);

        Write("siar.json", """{ "watch": true, "limits": {"eventBytes": 3} }""");

        (await hub.Process.ReadErrorAsync(WasRead)).ShouldContain("limits.eventBytes changed");
        (await hub.Http.PostAsync("/events/t", new StringContent("four"))).StatusCode.ShouldBe(HttpStatusCode.RequestEntityTooLarge);
    }

    private string Write(string name, string text)
    {
        // As a careful program does: nobody reads half of it.
        File.WriteAllText(_folder.File(name + ".new"), text);
        File.Move(_folder.File(name + ".new"), _folder.File(name), overwrite: true);
        return _folder.File(name);
    }

    private string KeyFile(string name) => Write(name + ".key", $"the secret of {name}, which is long enough to count");

    private static string Token(string keyFile, string issuer) => new TokenMinter(SigningKey.FromSecret(File.ReadAllBytes(keyFile)), TimeProvider.System).Mint(new TokenRequest
    {
        Publish = MatcherSet.All, Subscribe = MatcherSet.All, Lifetime = TimeSpan.FromMinutes(10), Issuer = issuer, Audience = Resource,
    });

    private static async Task<HttpStatusCode> PublishAsync(RunningHub hub, string token)
    {
        using var request = With(token, new HttpRequestMessage(HttpMethod.Post, "/events/t") { Content = new StringContent("x") });
        using var answer = await hub.Http.SendAsync(request);
        return answer.StatusCode;
    }

    private static async Task<HttpStatusCode> ReadAsync(RunningHub hub, string token)
    {
        using var request = With(token, new HttpRequestMessage(HttpMethod.Get, "/events/t?refusal=status"));
        using var answer = await hub.Http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead);
        return answer.StatusCode;
    }

    private static async Task<string?> AllowedOriginAsync(RunningHub hub)
    {
        using var request = new HttpRequestMessage(HttpMethod.Options, "/events/t") { Headers = { { "Origin", "https://app.example" }, { "Access-Control-Request-Method", "GET" } } };
        using var answer = await hub.Http.SendAsync(request);
        return answer.Headers.TryGetValues("Access-Control-Allow-Origin", out var allowed) ? allowed.Single() : null;
    }

    private static HttpRequestMessage With(string token, HttpRequestMessage request)
    {
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", token);
        return request;
    }
}
