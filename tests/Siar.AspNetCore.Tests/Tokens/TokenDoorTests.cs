using System.Net;
using System.Text.Json;
using System.Text.Json.Nodes;
using Siar.Hub;
using Siar.TestKit;
using Siar.Topics;

namespace Siar.AspNetCore.Tests.Tokens;

/// <summary>Tokens on the doors of the plain API; those of the Mercure path have tests of their own.</summary>
public sealed class TokenDoorTests
{
    private const string Metadata = "resource_metadata=\"https://hub.example/.well-known/oauth-protected-resource/.well-known/mercure\"";

    [Fact]
    public async Task A_token_publishes_what_it_grants_and_nothing_else()
    {
        await using var hub = await TestHub.StartAsync(Keyring.Setup());
        (await PostAsync(hub, "/events/a", Keyring.Publisher("a"))).StatusCode.ShouldBe(HttpStatusCode.OK);
        (await PostAsync(hub, "/events/a", Keyring.LegacyPublisher("{x}"))).StatusCode.ShouldBe(HttpStatusCode.OK);
        using var answer = await PostAsync(hub, "/events/a?topic=b", Keyring.Publisher("a"));
        answer.StatusCode.ShouldBe(HttpStatusCode.Forbidden);
        answer.Headers.WwwAuthenticate.ToString().ShouldBe($"Bearer error=\"insufficient_scope\", {Metadata}");
        hub.Core.Log.Head.ShouldBe(2);
    }

    [Fact]
    public async Task Without_a_token_nobody_publishes_and_reads()
    {
        await using var hub = await TestHub.StartAsync(Keyring.Setup());
        foreach (var answer in new[] { await hub.Client.GetAsync("/events/a"), await PostAsync(hub, "/events/a", null) })
        {
            answer.StatusCode.ShouldBe(HttpStatusCode.Unauthorized);
            answer.Headers.WwwAuthenticate.ToString().ShouldBe($"Bearer {Metadata}");
        }
    }

    [Fact]
    public async Task Anonymous_readers_have_public_events_only()
    {
        await using var hub = await TestHub.StartAsync(Keyring.Open());
        using var reader = await EventStream.OpenLiveAsync(hub.Client, "/events/a");
        await hub.Hub.PublishAsync(Private("a", "secret"));
        await hub.Hub.PublishAsync("a", "known");
        (await reader.NextAsync()).Data.ShouldBe("known");
        (await PostAsync(hub, "/events/a", null)).StatusCode.ShouldBe(HttpStatusCode.Unauthorized);
    }

    [Theory]
    [InlineData("publish")]
    [InlineData("subscribe")]
    public async Task A_token_of_the_other_role_is_none(string role)
    {
        await using var hub = await TestHub.StartAsync(Keyring.Open());
        using var answer = role == "publish"
            ? await PostAsync(hub, "/events/a", Keyring.V1(Keyring.SubscribeSecret, "publish", ["*"]))
            : await GetAsync(hub, "/events/a", Keyring.V1(Keyring.PublishSecret, "subscribe", ["*"]));
        answer.StatusCode.ShouldBe(HttpStatusCode.Unauthorized);
        answer.Headers.WwwAuthenticate.ToString().ShouldBe($"Bearer error=\"invalid_token\", {Metadata}");
    }

    [Theory]
    [InlineData("Bearer short")]
    [InlineData("bearer dXNlcjpwYXNzd29yZHVzZXI6cGFzc3dvcmR1c2VyOnBhc3N3b3Jk==")]
    [InlineData("Bearer a.b.c")]
    public async Task A_bearer_that_is_no_token_of_ours_is_an_invalid_token(string header)
    {
        await using var hub = await TestHub.StartAsync(Keyring.Open());
        foreach (var method in new[] { HttpMethod.Get, HttpMethod.Post })
        {
            using var request = new HttpRequestMessage(method, "/events/a");
            request.Headers.TryAddWithoutValidation("Authorization", header);
            using var answer = await hub.Client.SendAsync(request);
            // RFC 6750, 3.1: "The access token provided is expired, revoked, malformed, or invalid for other reasons."
            answer.StatusCode.ShouldBe(HttpStatusCode.Unauthorized);
            answer.Headers.WwwAuthenticate.ToString().ShouldBe($"Bearer error=\"invalid_token\", {Metadata}");
        }
    }

    [Theory]
    [InlineData("Bearer")]
    [InlineData("Bearer one two")]
    [InlineData("Bearer one, two")]
    [InlineData("bearer ")]
    [InlineData("Bearer\tdXNlcjpwYXNzd29yZHVzZXI6cGFzc3dvcmR1c2VyOnBhc3N3b3Jk")]
    public async Task A_header_that_cannot_be_read_is_a_bad_request(string header)
    {
        await using var hub = await TestHub.StartAsync(Keyring.Open());
        using var connection = await hub.ConnectAsync();
        await connection.SendAsync($"GET /events/a HTTP/1.1\r\nHost: localhost\r\nAuthorization: {header}\r\n\r\n");
        var head = await connection.ReadThroughAsync("\r\n\r\n");
        head.ShouldStartWith("HTTP/1.1 400");
        head.ShouldContain($"WWW-Authenticate: Bearer error=\"invalid_request\", {Metadata}");
    }

    [Fact]
    public async Task Two_headers_are_a_bad_request_and_the_schemes_case_is_free()
    {
        await using var hub = await TestHub.StartAsync(Keyring.Setup());
        var token = Keyring.Subscriber("*");
        using var connection = await hub.SubscribeAsync("/events/a", $"Authorization: bEaReR {token}\r\n");
        (await connection.ReadThroughAsync("\r\n\r\n")).ShouldStartWith("HTTP/1.1 200");
        using var second = await hub.SubscribeAsync("/events/a", $"Authorization: Bearer {token}\r\nAuthorization: Bearer {token}\r\n");
        (await second.ReadThroughAsync("\r\n\r\n")).ShouldStartWith("HTTP/1.1 400");
    }

    [Theory]
    [InlineData("Basic dXNlcjpwYXNzd29yZHVzZXI6cGFzc3dvcmR1c2VyOnBhc3N3b3Jk")]
    [InlineData("Negotiate YII=")]
    [InlineData("Bearertoken x")]
    [InlineData("")]
    [InlineData("Basic dTpw\r\nAuthorization: Digest x")]
    public async Task Credentials_of_another_scheme_are_passed_over(string header)
    {
        await using var open = await TestHub.StartAsync(Keyring.Open());
        await using var closed = await TestHub.StartAsync(Keyring.Setup());
        var cookie = $"Cookie: __Secure-mercure_access_token={Keyring.Subscriber("a")}\r\n";
        foreach (var path in new[] { "/events/a", "/.well-known/mercure?match=a" })
        {
            (await StatusAsync(open, path, $"Authorization: {header}\r\n")).ShouldBe("200");
            (await StatusAsync(closed, path, $"Authorization: {header}\r\n")).ShouldBe("401");
            (await StatusAsync(closed, path, $"Authorization: {header}\r\n{cookie}")).ShouldBe("200");
        }

        (await StatusAsync(closed, $"/.well-known/mercure?topic=a&authorization={Keyring.LegacySubscriber("a")}", $"Authorization: {header}\r\n")).ShouldBe("200");
    }

    [Fact]
    public async Task A_bearer_token_beside_other_credentials_stands_more_than_once()
    {
        await using var hub = await TestHub.StartAsync(Keyring.Open());
        (await StatusAsync(hub, "/events/a", $"Authorization: Basic dTpw\r\nAuthorization: Bearer {Keyring.Subscriber("a")}\r\n")).ShouldBe("400");
    }

    [Theory]
    [InlineData("__Secure-mercure_access_token")]
    [InlineData("mercureAuthorization")]
    public async Task Of_cookies_of_one_name_the_first_that_is_valid_counts(string name)
    {
        await using var hub = await TestHub.StartAsync(Keyring.Setup());
        var isNew = name[0] == '_';
        var good = isNew ? Keyring.Subscriber("a") : Keyring.LegacySubscriber("a");
        var bad = isNew ? Keyring.V1("another secret, long enough for HS256", "subscribe", ["*"]) : Keyring.V0("another secret, long enough for HS256", "subscribe", ["*"]);
        await hub.Hub.PublishAsync(new Siar.Hub.Event(Siar.Topics.Topic.Parse("a"), "kept for a") { IsPrivate = true });
        foreach (var cookies in new[]
        {
            $"{name}={good}; {name}={bad}", $"{name}={bad}; {name}={good}", $"{name}=; x=y;{name}={good}", $"n=caf\u00e9; {name}={bad};{name}={good}; z",
            $"{name}={good}\r\nCookie: {name}={bad}", $"=; {name} = {good} ",
        })
        {
            using var reader = await hub.SubscribeAsync("/events/a?lastEventId=earliest", $"Cookie: {cookies}\r\n");
            (await reader.ReadThroughAsync("\r\n\r\n")).ShouldStartWith("HTTP/1.1 200", customMessage: cookies);
            await reader.ReadThroughAsync("kept for a");
        }

        (await StatusAsync(hub, "/events/a", $"Cookie: {name}={bad}; {name}={bad}\r\n")).ShouldBe("401");
        (await StatusAsync(hub, "/events/a", $"Cookie: {name}x={good}; x{name}={good}\r\n")).ShouldBe("401");
    }

    [Fact]
    public async Task A_stranger_s_cookies_are_not_tried_without_end()
    {
        await using var hub = await TestHub.StartAsync(Keyring.Setup());
        var bad = string.Concat(Enumerable.Range(0, 8).Select(i => $"__Secure-mercure_access_token={Keyring.V1($"another secret {i}, long enough for HS256", "subscribe", ["*"])}; "));
        (await StatusAsync(hub, "/events/a", $"Cookie: {bad}__Secure-mercure_access_token={Keyring.Subscriber("a")}\r\n")).ShouldBe("401");
    }

    [Fact]
    public async Task Cookies_carry_tokens_and_the_header_wins()
    {
        await using var hub = await TestHub.StartAsync(Keyring.Setup());
        var cookie = $"Cookie: __Secure-mercure_access_token={Keyring.Subscriber("a")}\r\n";
        using var reader = await hub.SubscribeAsync("/events/a", cookie);
        (await reader.ReadThroughAsync("\r\n\r\n")).ShouldStartWith("HTTP/1.1 200");
        using var both = await hub.SubscribeAsync("/events/a", $"{cookie}Authorization: Bearer {Keyring.Sign("a wrong key", [])}\r\n");
        (await both.ReadThroughAsync("\r\n\r\n")).ShouldStartWith("HTTP/1.1 401");
        using var old = await hub.SubscribeAsync("/events/a", $"Cookie: mercureAuthorization={Keyring.LegacySubscriber("a")}\r\n");
        (await old.ReadThroughAsync("\r\n\r\n")).ShouldStartWith("HTTP/1.1 200");
        // A 1.0 token has no business in the cookie of 0.x.
        using var mixed = await hub.SubscribeAsync("/events/a", $"Cookie: mercureAuthorization={Keyring.Subscriber("a")}\r\n");
        (await mixed.ReadThroughAsync("\r\n\r\n")).ShouldContain($"WWW-Authenticate: Bearer {Metadata}");
    }

    [Theory]
    [InlineData(null, null, 400)]
    [InlineData("https://evil.example", null, 400)]
    [InlineData("null", null, 400)]
    [InlineData("https://hub.example", null, 200)]
    [InlineData("https://app.example", null, 200)]
    [InlineData("https://a.apps.example", null, 200)]
    [InlineData("https://apps.example", null, 400)]
    [InlineData("https://evil.example/.apps.example", null, 400)]
    [InlineData(null, "https://app.example/page?x", 200)]
    [InlineData(null, "https://evil.example/page", 400)]
    public async Task A_cookie_publishes_from_pages_that_may(string? origin, string? referer, int status)
    {
        await using var hub = await TestHub.StartAsync(Keyring.Setup(t =>
        {
            t.PublishOrigins.Add("https://app.example");
            t.PublishOrigins.Add("https://*.apps.example");
        }));
        using var request = new HttpRequestMessage(HttpMethod.Post, "/events/a") { Content = new StringContent("x") };
        request.Headers.Add("Cookie", $"__Secure-mercure_access_token={Keyring.Publisher("a")}");
        if (origin is not null) request.Headers.Add("Origin", origin);
        if (referer is not null) request.Headers.Add("Referer", referer);
        using var answer = await hub.Client.SendAsync(request);
        ((int)answer.StatusCode).ShouldBe(status);
        if (status == 400) answer.Headers.WwwAuthenticate.ToString().ShouldContain("error=\"invalid_request\"");
    }

    [Fact]
    public async Task A_page_of_the_same_origin_publishes_with_a_cookie()
    {
        await using var hub = await TestHub.StartAsync(Keyring.Setup());
        using var request = new HttpRequestMessage(HttpMethod.Post, "/events/a") { Content = new StringContent("x") };
        request.Headers.Add("Cookie", $"__Secure-mercure_access_token={Keyring.Publisher("a")}");
        request.Headers.Add("Origin", hub.Address.GetLeftPart(UriPartial.Authority));
        (await hub.Client.SendAsync(request)).StatusCode.ShouldBe(HttpStatusCode.OK);
    }

    [Fact]
    public async Task A_token_with_a_thousand_matchers_passes_the_servers_limits()
    {
        await using var hub = await TestHub.StartAsync(Keyring.Setup());
        var topics = Enumerable.Range(0, 1_000).Select(i => $"https://example.com/a-channel-with-a-longer-name/{i:0000}").ToArray();
        using var reader = await hub.SubscribeAsync("/events?topic=" + Uri.EscapeDataString(topics[999]), $"Authorization: Bearer {Keyring.Subscriber(topics)}\r\n");
        (await reader.ReadThroughAsync("\r\n\r\n")).ShouldStartWith("HTTP/1.1 200");
        using var answer = await GetAsync(hub, "/events/a", Keyring.Subscriber([.. topics, "one more"]));
        answer.StatusCode.ShouldBe(HttpStatusCode.Unauthorized);
    }

    [Fact]
    public async Task A_stream_ends_before_its_token()
    {
        var time = new ManualTimeProvider();
        var setup = Keyring.Open() with { Services = s => s.AddSingleton<TimeProvider>(time) };
        await using var hub = await TestHub.StartAsync(setup);
        var claims = Keyring.V1Claims(new JsonArray());
        claims["exp"] = time.GetUtcNow().AddSeconds(100).ToUnixTimeSeconds();
        using var reader = await hub.SubscribeAsync("/events/a", $"Authorization: Bearer {Keyring.Sign(Keyring.SubscribeSecret, claims)}\r\n");
        await reader.ReadThroughAsync("siar.live");
        time.Advance(TimeSpan.FromSeconds(75));
        await reader.ReadThroughAsync("\n:");
        time.Advance(TimeSpan.FromSeconds(24));
        await reader.ReadThroughAsync("\r\n0\r\n\r\n");
    }

    [Fact]
    public async Task An_application_is_asked_about_requests_without_a_token()
    {
        var setup = Keyring.Setup();
        var siar = setup.Siar!;
        await using var hub = await TestHub.StartAsync(setup with
        {
            Siar = s =>
            {
                siar(s);
                s.UseAuthorizer(c => ValueTask.FromResult(c.Request.Headers.Authorization == "Basic x" ? SiarAccess.Everything : null));
            },
        });
        using var request = new HttpRequestMessage(HttpMethod.Post, "/events/a") { Content = new StringContent("x"), Headers = { { "Authorization", "Basic x" } } };
        (await hub.Client.SendAsync(request)).StatusCode.ShouldBe(HttpStatusCode.OK);
        (await PostAsync(hub, "/events/a", Keyring.Publisher("a"))).StatusCode.ShouldBe(HttpStatusCode.OK);
        (await PostAsync(hub, "/events/a", Keyring.Publisher("b"))).StatusCode.ShouldBe(HttpStatusCode.Forbidden);
        (await PostAsync(hub, "/events/a", null)).StatusCode.ShouldBe(HttpStatusCode.Unauthorized);
    }

    [Fact]
    public async Task A_stream_of_the_applications_own_asks_for_no_token()
    {
        await using var hub = await TestHub.StartAsync(Keyring.Setup() with { Endpoints = app => app.MapEvents("/own", "a") });
        using var reader = await EventStream.OpenLiveAsync(hub.Client, "/own");
        await hub.Hub.PublishAsync("a", "x");
        (await reader.NextAsync()).Data.ShouldBe("x");
    }

    [Fact]
    public async Task The_metadata_say_who_the_hub_is()
    {
        await using var hub = await TestHub.StartAsync(Keyring.Setup(t => t.CookieName = "own"));
        using var answer = await hub.Client.GetAsync("/.well-known/oauth-protected-resource/.well-known/mercure");
        answer.Content.Headers.ContentType!.ToString().ShouldBe("application/json");
        using var json = JsonDocument.Parse(await answer.Content.ReadAsStringAsync());
        json.RootElement.GetProperty("resource").GetString().ShouldBe(Keyring.Resource);
        json.RootElement.GetProperty("mercure_cookie").GetString().ShouldBe("own");
        json.RootElement.GetProperty("mercure_subscriptions").GetBoolean().ShouldBeTrue();
        json.RootElement.GetProperty("bearer_methods_supported")[0].GetString().ShouldBe("header");
        json.RootElement.GetProperty("authorization_details_types_supported")[0].GetString().ShouldBe("https://mercure.rocks/authorization-detail");
    }

    [Fact]
    public async Task Without_keys_there_are_no_metadata()
    {
        await using var hub = await TestHub.StartAsync();
        (await hub.Client.GetAsync("/.well-known/oauth-protected-resource/.well-known/mercure")).StatusCode.ShouldBe(HttpStatusCode.NotFound);
    }

    [Fact]
    public async Task Metrics_can_be_kept_for_those_who_may()
    {
        await using var hub = await TestHub.StartAsync(Keyring.Setup(t => t.GuardMetrics = true));
        (await hub.Client.GetAsync("/metrics")).StatusCode.ShouldBe(HttpStatusCode.Unauthorized);
        (await GetAsync(hub, "/metrics", Keyring.Subscriber("a"))).StatusCode.ShouldBe(HttpStatusCode.Forbidden);
        (await GetAsync(hub, "/metrics", Keyring.Subscriber("/.well-known/mercure/metrics"))).StatusCode.ShouldBe(HttpStatusCode.OK);
    }

    internal static Event Private(string topic, string text) => new(Topic.Parse(topic), text) { IsPrivate = true };

    internal static async Task<HttpResponseMessage> PostAsync(TestHub hub, string path, string? token)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, path) { Content = new StringContent("x") };
        if (token is not null) request.Headers.Add("Authorization", $"Bearer {token}");
        return await hub.Client.SendAsync(request);
    }

    internal static async Task<HttpResponseMessage> GetAsync(TestHub hub, string path, string? token)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, path);
        if (token is not null) request.Headers.Add("Authorization", $"Bearer {token}");
        return await hub.Client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead);
    }

    private static async Task<string> StatusAsync(TestHub hub, string path, string headers)
    {
        using var connection = await hub.SubscribeAsync(path, headers);
        return (await connection.ReadThroughAsync("\r\n\r\n"))[9..12];
    }
}
