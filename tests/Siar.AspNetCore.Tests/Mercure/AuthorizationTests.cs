using System.Net;
using System.Text.Json.Nodes;

namespace Siar.AspNetCore.Tests.Mercure;

/// <summary>Tokens on the Mercure path (1.7). What every door has in common is tested on <c>/events</c>.</summary>
public sealed class AuthorizationTests
{
    private const string Metadata = "resource_metadata=\"https://hub.example/.well-known/oauth-protected-resource/.well-known/mercure\"";

    [Fact]
    public async Task The_five_errors_are_these()
    {
        await using var hub = await TestHub.StartAsync(Keyring.Setup());
        await ShouldBeAsync(await hub.AskAsync(MercureClient.Path + "?match=a"), 401, "Unauthorized\n", $"Bearer {Metadata}");
        await ShouldBeAsync(await hub.PublishAsync("topic=a", null), 401, "Unauthorized\n", $"Bearer {Metadata}");
        await ShouldBeAsync(await hub.AskAsync(MercureClient.Path + "?match=a", Keyring.V1("a wrong secret", "subscribe", ["*"])), 401, "Unauthorized\n", $"Bearer error=\"invalid_token\", {Metadata}");
        await ShouldBeAsync(await hub.PublishAsync("topic=b", Keyring.Publisher("a")), 403, "Forbidden\n", $"Bearer error=\"insufficient_scope\", {Metadata}");
        await ShouldBeAsync(await hub.AskAsync(MercureClient.Path + "?match=a", headers: ("Authorization", "Bearer short")), 401, "Unauthorized\n", $"Bearer error=\"invalid_token\", {Metadata}");
        await ShouldBeAsync(await hub.AskAsync(MercureClient.Path + "?match=a", headers: ("Authorization", "Bearer one two")), 400, "Bad Request\n", $"Bearer error=\"invalid_request\", {Metadata}");
        using var malformed = await hub.AskAsync(MercureClient.Path + "?match=", Keyring.Subscriber("a"));
        malformed.StatusCode.ShouldBe(HttpStatusCode.BadRequest);
        malformed.Headers.WwwAuthenticate.ShouldBeEmpty();
    }

    [Fact]
    public async Task An_invalid_token_is_refused_even_where_none_is_needed()
    {
        await using var hub = await TestHub.StartAsync(Keyring.Open());
        (await hub.AskAsync(MercureClient.Path + "?match=a", Keyring.V1("a wrong secret", "subscribe", ["*"]))).StatusCode.ShouldBe(HttpStatusCode.Unauthorized);
        (await hub.AskAsync(MercureClient.Path + "?match=a")).StatusCode.ShouldBe(HttpStatusCode.OK);
    }

    [Theory]
    [InlineData("typ")]
    [InlineData("aud")]
    [InlineData("no aud")]
    [InlineData("iss")]
    [InlineData("exp")]
    [InlineData("no exp")]
    [InlineData("nbf")]
    [InlineData("actions")]
    [InlineData("topics")]
    [InlineData("match")]
    [InlineData("control")]
    [InlineData("pattern")]
    [InlineData("long")]
    [InlineData("many")]
    [InlineData("details")]
    public async Task A_token_that_is_wrong_in_any_part_is_invalid(string what)
    {
        await using var hub = await TestHub.StartAsync(Keyring.Setup());
        var topic = new JsonObject { ["match"] = "a" };
        var detail = new JsonObject { ["type"] = "https://mercure.rocks/authorization-detail", ["actions"] = new JsonArray("publish"), ["topics"] = new JsonArray(topic) };
        var claims = Keyring.V1Claims(new JsonArray(detail));
        (await hub.PublishAsync("topic=a", Keyring.Sign(Keyring.PublishSecret, claims, "AT+JWT"))).StatusCode.ShouldBe(HttpStatusCode.OK);
        Action spoil = what switch
        {
            "aud" => () => claims["aud"] = "https://other.example/.well-known/mercure",
            "no aud" => () => claims.Remove("aud"),
            "iss" => () => claims["iss"] = "https://other.example",
            "exp" => () => claims["exp"] = 1_000,
            "no exp" => () => claims.Remove("exp"),
            "nbf" => () => claims["nbf"] = 4_000_000_000,
            "actions" => () => detail["actions"] = new JsonArray(),
            "topics" => () => detail["topics"] = new JsonArray("a"),
            "match" => () => topic["match"] = "",
            "control" => () => topic["match"] = "a\u0000",
            "pattern" => () => (topic["match"], topic["match_type"]) = ("/(unclosed", "urlpattern"),
            "long" => () => topic["match"] = new string('x', 4_097),
            "many" => () => detail["topics"] = new JsonArray([.. Enumerable.Range(0, 1_001).Select(i => (JsonNode)new JsonObject { ["match"] = $"{i}" })]),
            "details" => () => claims["authorization_details"] = new JsonArray([.. Enumerable.Range(0, 1_001).Select(_ => detail.DeepClone())]),
            _ => static () => { },
        };
        spoil();
        using var answer = await hub.PublishAsync("topic=a", Keyring.Sign(Keyring.PublishSecret, claims, what == "typ" ? "JWT" : "at+jwt"));
        answer.StatusCode.ShouldBe(HttpStatusCode.Unauthorized);
        answer.Headers.WwwAuthenticate.ToString().ShouldContain("invalid_token");
    }

    [Fact]
    public async Task A_grant_on_an_alternate_topic_is_enough_to_read()
    {
        await using var hub = await TestHub.StartAsync(Keyring.Setup());
        using var reader = await hub.OpenAsync("match=https://example.com/books/1", Keyring.Subscriber("https://example.com/users/me"));
        (await hub.PublishAsync("topic=https://example.com/books/1&topic=https://example.com/users/me&private=on&id=mine", Keyring.Publisher("https://example.com/books/1"))).StatusCode.ShouldBe(HttpStatusCode.Forbidden);
        var publisher = Keyring.Publisher("*");
        await hub.PublishedAsync("topic=https://example.com/books/1&private=on&id=not-mine", publisher);
        await hub.PublishedAsync("topic=https://example.com/users/me&private=on&id=not-asked-for", publisher);
        await hub.PublishedAsync("topic=https://example.com/books/1&topic=https://example.com/users/me&private=on&id=mine", publisher);
        await hub.PublishedAsync("topic=https://example.com/books/1&id=public", publisher);
        (await reader.NextAsync()).ShouldBe("id: mine\ndata: \n\n");
        (await reader.NextAsync()).ShouldBe("id: public\ndata: \n\n");
    }

    [Fact]
    public async Task Issuers_have_keys_of_their_own()
    {
        await using var hub = await TestHub.StartAsync(Keyring.Setup(t =>
        {
            t.TrustedIssuers["https://a.example"] = new() { Publish = { Keys = { "the secret of a, long enough for HS256" } } };
            t.TrustedIssuers["https://b.example"] = new() { Publish = { Keys = { "the secret of b, long enough for HS256" } } };
        }));
        foreach (var issuer in "ab")
        {
            foreach (var key in "ab")
            {
                var claims = Keyring.V1Claims(new JsonArray(new JsonObject
                {
                    ["type"] = "https://mercure.rocks/authorization-detail", ["actions"] = new JsonArray("publish"), ["topics"] = new JsonArray(new JsonObject { ["match"] = "*" }),
                }));
                claims["iss"] = $"https://{issuer}.example";
                using var answer = await hub.PublishAsync("topic=x", Keyring.Sign($"the secret of {key}, long enough for HS256", claims));
                answer.StatusCode.ShouldBe(issuer == key ? HttpStatusCode.OK : HttpStatusCode.Unauthorized);
            }
        }
    }

    [Fact]
    public async Task The_shape_of_a_request_says_where_its_token_is_looked_for()
    {
        await using var hub = await TestHub.StartAsync(Keyring.Setup());
        var old = Keyring.LegacySubscriber("*");
        var now = Keyring.Subscriber("*");
        async Task<int> StatusAsync(string query, string cookies) => (int)(await hub.AskAsync($"{MercureClient.Path}?{query}", headers: ("Cookie", cookies))).StatusCode;
        (await StatusAsync($"match=a&authorization={old}", "x=y")).ShouldBe(401);
        (await StatusAsync($"topic=a&authorization={old}", "x=y")).ShouldBe(200);
        (await StatusAsync($"topic=a&authorization={now}", "x=y")).ShouldBe(401);
        (await StatusAsync("match=a", $"mercureAuthorization={old}")).ShouldBe(401);
        (await StatusAsync("topic=a", $"mercureAuthorization={old}")).ShouldBe(200);
        (await StatusAsync("match=a", $"__Secure-mercure_access_token={now}")).ShouldBe(200);
        (await StatusAsync("topic=a", $"__Secure-mercure_access_token={now}")).ShouldBe(200);
    }

    [Theory]
    [InlineData(null, 400)]
    [InlineData("https://evil.example", 400)]
    [InlineData("https://hub.example", 200)]
    public async Task A_cookie_publishes_from_pages_that_may(string? origin, int status)
    {
        await using var hub = await TestHub.StartAsync(Keyring.Setup());
        using var request = new HttpRequestMessage(HttpMethod.Post, MercureClient.Path) { Content = new FormUrlEncodedContent([new("topic", "a")]) };
        request.Headers.Add("Cookie", $"__Secure-mercure_access_token={Keyring.Publisher("a")}");
        if (origin is not null) request.Headers.Add("Origin", origin);
        using var answer = await hub.Client.SendAsync(request);
        ((int)answer.StatusCode).ShouldBe(status);
    }

    private static async Task ShouldBeAsync(HttpResponseMessage answer, int status, string body, string challenge)
    {
        using (answer)
        {
            ((int)answer.StatusCode).ShouldBe(status);
            (await answer.Content.ReadAsStringAsync()).ShouldBe(body);
            answer.Headers.WwwAuthenticate.ToString().ShouldBe(challenge);
        }
    }
}
