using System.Net;
using System.Net.Http.Headers;
using System.Runtime.CompilerServices;
using System.Security.Claims;
using System.Text.Json.Nodes;
using Siar.Hub;

namespace Siar.AspNetCore.Tests.Streaming;

/// <summary>Callers whose streams are ended and who are refused, at every door.</summary>
public sealed class RevokedCallerTests
{
    private const string Mercure = "/.well-known/mercure";

    private static readonly CallerFilter Alice = CallerFilter.User("alice");

    public static TheoryData<string> Doors => ["plain", "lines", "mercure", "mercure 0.x", "mapped", "fixed", "source"];

    public static TheoryData<string> Publishing => ["plain", "batch", "mercure", "mercure 0.x"];

    [Theory]
    [MemberData(nameof(Doors))]
    public async Task A_reader_is_told_ended_and_refused_with_a_sentence_until_it_is_let_in_again(string door)
    {
        await using var hub = await StartAsync();
        using var other = await OpenAsync(hub, door, "bob");
        using var reader = await OpenAsync(hub, door, "alice");
        var until = DateTimeOffset.FromUnixTimeSeconds(TimeProvider.System.GetUtcNow().ToUnixTimeSeconds() + 3_600);

        await hub.Hub.RevokeAsync(Alice, until, TestContext.Current.CancellationToken);

        var text = await reader.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
        text.ShouldContain(door == "lines" ? "{\"signal\":\"revoked\",\"reason\":\"revoked\",\"until\":\"" : $$"""
            event: siar.revoked
            data: {"reason":"revoked","until":"{{until.UtcDateTime:yyyy-MM-ddTHH:mm:ssZ}}"}
            """.ReplaceLineEndings("\n"));
        if (door != "lines") text.ShouldMatch(@"retry: \d{4}\n$");

        using var refused = await OpenAsync(hub, door, "alice");
        refused.StatusCode.ShouldBe(HttpStatusCode.Forbidden);
        (await refused.Content.ReadAsStringAsync(TestContext.Current.CancellationToken)).ShouldBe($"Your access to this hub was revoked; it may be had again from {until.UtcDateTime:yyyy-MM-dd HH:mm:ss} UTC on.\n");

        // Nobody else is meant: it goes on.
        text = await DisconnectAsync(hub, CallerFilter.User("bob"), other);
        text.ShouldContain("\"reason\":\"disconnected\"}");
        other.StatusCode.ShouldBe(HttpStatusCode.OK);

        await hub.Hub.LiftRevocationAsync(Alice, TestContext.Current.CancellationToken);
        using var back = await OpenAsync(hub, door, "alice");
        back.StatusCode.ShouldBe(HttpStatusCode.OK);
        await DisconnectAsync(hub, Alice, back);
    }

    [Fact]
    public async Task A_long_poll_is_answered_with_the_refusal()
    {
        await using var hub = await StartAsync();
        var waiting = SendAsync(hub, HttpMethod.Get, "/events/a?wait=60", Token("alice", "subscribe"), accept: "application/json");
        while (hub.Core.Subscribers == 0) await Task.Yield();
        await hub.Hub.RevokeAsync(Alice, TimeProvider.System.GetUtcNow().AddHours(1), TestContext.Current.CancellationToken);
        using var answer = await waiting;
        answer.StatusCode.ShouldBe(HttpStatusCode.Forbidden);
        (await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken)).ShouldContain("was revoked");
    }

    [Fact]
    public async Task Whoever_did_not_ask_for_signals_gets_no_word_but_a_time_to_come_back_after()
    {
        await using var hub = await StartAsync();
        foreach (var path in new[] { "/events/a", Mercure + "?match=a", "/answer", "/fixed" })
        {
            using var reader = await SendAsync(hub, HttpMethod.Get, path, Token("alice", "subscribe"), "alice");
            var text = await DisconnectAsync(hub, Alice, reader);
            text.ShouldMatch(@"retry: \d+\n$");
            text.ShouldNotContain("siar.");
        }
    }

    [Theory]
    [MemberData(nameof(Publishing))]
    public async Task A_publisher_is_refused_with_a_sentence_and_nothing_of_it_is_published(string door)
    {
        await using var hub = await StartAsync();
        foreach (var filter in new[] { CallerFilter.Token("token of alice"), Alice, CallerFilter.User("alice", door == "mercure 0.x" ? "legacy" : Keyring.Issuer), CallerFilter.Claim("role", "trader"), CallerFilter.Address(IPAddress.Loopback) })
        {
            // A token of 0.x names no issuer that would count.
            var isMeant = filter != CallerFilter.User("alice", "legacy");
            await hub.Hub.RevokeAsync(filter, TimeProvider.System.GetUtcNow().AddHours(1), TestContext.Current.CancellationToken);
            var head = hub.Core.Log.Head;
            using (var answer = await PublishAsync(hub, door, "alice"))
            {
                answer.StatusCode.ShouldBe(isMeant ? HttpStatusCode.Forbidden : HttpStatusCode.OK, filter.ToString());
                if (isMeant) (await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken)).ShouldContain("was revoked");
            }

            hub.Core.Log.Head.ShouldBe(isMeant ? head : head + 1);
            using (var other = await PublishAsync(hub, door, "bob")) other.StatusCode.ShouldBe(filter.ToString().StartsWith("address", StringComparison.Ordinal) ? HttpStatusCode.Forbidden : HttpStatusCode.OK);
            await hub.Hub.LiftRevocationAsync(filter, TestContext.Current.CancellationToken);
            using var back = await PublishAsync(hub, door, "alice");
            back.StatusCode.ShouldBe(HttpStatusCode.OK);
        }
    }

    [Fact]
    public async Task An_application_and_the_hubs_other_doors_refuse_a_revoked_token_too()
    {
        await using var hub = await StartAsync();
        await hub.Hub.RevokeAsync(CallerFilter.Token("token of alice"), TimeProvider.System.GetUtcNow().AddHours(1), TestContext.Current.CancellationToken);
        foreach (var path in new[] { "/own", "/metrics", Mercure + "/subscriptions" })
        {
            using var refused = await SendAsync(hub, HttpMethod.Get, path, Token("alice", "subscribe"));
            refused.StatusCode.ShouldBe(HttpStatusCode.Forbidden, path);
            (await refused.Content.ReadAsStringAsync(TestContext.Current.CancellationToken)).ShouldContain("was revoked");
            using var served = await SendAsync(hub, HttpMethod.Get, path, Token("bob", "subscribe"));
            served.StatusCode.ShouldBe(HttpStatusCode.OK, path);
        }
    }

    [Fact]
    public async Task A_source_that_does_not_heed_its_end_keeps_no_reader()
    {
        var stubborn = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        async IAsyncEnumerable<string> Ignoring()
        {
            yield return "first";
            await stubborn.Task;
            yield return "after the end";
        }

        await using var hub = await StartAsync(app => app.MapGet("/stubborn", () => SiarResults.Events(Ignoring())));
        using var reader = await SendAsync(hub, HttpMethod.Get, "/stubborn", token: null, "alice");
        (await DisconnectAsync(hub, Alice, reader)).ShouldNotContain("after the end");
        stubborn.SetResult();
    }

    /// <summary>Ends a stream, and gives all of it. The head of an answer comes before the hub has the stream: one that is missed then could as well have come a moment later.</summary>
    private static async Task<string> DisconnectAsync(TestHub hub, CallerFilter callers, HttpResponseMessage stream)
    {
        var reading = stream.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
        while (!reading.IsCompleted)
        {
            await hub.Hub.DisconnectAsync(callers, TestContext.Current.CancellationToken);
            await Task.Yield();
        }

        return await reading;
    }

    private static Task<HttpResponseMessage> OpenAsync(TestHub hub, string door, string name) => door switch
    {
        "plain" => SendAsync(hub, HttpMethod.Get, "/events/a?signals=on", Token(name, "subscribe")),
        "lines" => SendAsync(hub, HttpMethod.Get, "/events/a?signals=on", Token(name, "subscribe"), accept: "application/x-ndjson"),
        "mercure" => SendAsync(hub, HttpMethod.Get, Mercure + "?match=a&signals=on", Token(name, "subscribe")),
        "mercure 0.x" => SendAsync(hub, HttpMethod.Get, Mercure + "?topic=a&signals=on", LegacyToken(name, "subscribe")),
        "mapped" => SendAsync(hub, HttpMethod.Get, "/me/live?signals=on", token: null, name),
        "fixed" => SendAsync(hub, HttpMethod.Get, "/fixed?signals=on", token: null, name),
        _ => SendAsync(hub, HttpMethod.Get, "/answer?signals=on", token: null, name),
    };

    private static Task<HttpResponseMessage> PublishAsync(TestHub hub, string door, string name) => door switch
    {
        "plain" => SendAsync(hub, HttpMethod.Post, "/events/a", Token(name, "publish"), content: new StringContent("x")),
        "batch" => SendAsync(hub, HttpMethod.Post, "/events", Token(name, "publish"), content: new StringContent("""{"topics":["a"],"data":"x"}""", MediaTypeHeaderValue.Parse("application/x-ndjson"))),
        "mercure" => SendAsync(hub, HttpMethod.Post, Mercure, Token(name, "publish"), content: new FormUrlEncodedContent([new("topic", "a"), new("data", "x")])),
        _ => SendAsync(hub, HttpMethod.Post, Mercure, LegacyToken(name, "publish"), content: new FormUrlEncodedContent([new("topic", "a"), new("data", "x")])),
    };

    private static async Task<HttpResponseMessage> SendAsync(
        TestHub hub, HttpMethod method, string path, string? token, string? user = null, string? accept = null, HttpContent? content = null)
    {
        var request = new HttpRequestMessage(method, path) { Content = content };
        if (token is not null) request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", token);
        if (user is not null) request.Headers.Add("X-User", user);
        if (accept is not null) request.Headers.Add("Accept", accept);
        var answer = await hub.Client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, TestContext.Current.CancellationToken);
        return answer;
    }

    private static string Token(string name, string action)
    {
        var claims = Keyring.V1Claims(
        [
            new JsonObject
            {
                ["type"] = "https://mercure.rocks/authorization-detail", ["actions"] = new JsonArray(action),
                ["topics"] = new JsonArray(new JsonObject { ["match"] = ":all(.*)", ["match_type"] = "urlpattern" }),
            },
        ]);
        return Keyring.Sign(Secret(action), About(name, claims));
    }

    private static string LegacyToken(string name, string action) =>
        Keyring.Sign(Secret(action), About(name, new JsonObject { ["iss"] = "legacy", ["mercure"] = new JsonObject { [action] = new JsonArray("*") } }), "JWT");

    private static JsonObject About(string name, JsonObject claims)
    {
        claims["sub"] = name;
        claims["jti"] = $"token of {name}";
        claims["role"] = new JsonArray(name == "alice" ? "trader" : "reader");
        return claims;
    }

    private static string Secret(string action) => action == "publish" ? Keyring.PublishSecret : Keyring.SubscribeSecret;

    private static Task<TestHub> StartAsync(Action<WebApplication>? endpoints = null)
    {
        var setup = Keyring.Setup();
        return TestHub.StartAsync(setup with
        {
            Services = s => s.AddAuthorization().AddAuthentication(),
            Pipeline = app =>
            {
                // Whom the application knows, however it does.
                app.Use((context, next) =>
                {
                    if (context.Request.Headers["X-User"].ToString() is { Length: > 0 } name) context.User = new ClaimsPrincipal(new ClaimsIdentity([new Claim(ClaimTypes.NameIdentifier, name)], "test"));
                    return next();
                });
                app.UseAuthorization();
            },
            Endpoints = app =>
            {
                app.MapEvents("/me/live", (ClaimsPrincipal user) => EventTopics.User(user)).RequireAuthorization();
                app.MapEvents("/fixed", "a");
                app.MapGet("/answer", () => SiarResults.Events(Never())).RequireAuthorization();
                app.MapGet("/own", () => "yours").RequireAuthorization(policy => policy.AddAuthenticationSchemes(SiarAuthentication.Scheme).RequireAuthenticatedUser());
                endpoints?.Invoke(app);
            },
        });
    }

    private static async IAsyncEnumerable<string> Never([EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        await Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, cancellationToken);
        yield break;
    }
}
