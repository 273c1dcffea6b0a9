using System.Net;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Siar.AspNetCore.Tests.Mercure;

/// <summary>Asking who is subscribed (1.9 and, for 0.x, 1.13).</summary>
public sealed class SubscriptionApiTests
{
    private const string All = "/.well-known/mercure/subscriptions";

    [Fact]
    public async Task The_list_has_every_subscription()
    {
        await using var hub = await TestHub.StartAsync(Keyring.Open());
        using (var none = await hub.AskAsync(All, Keyring.Subscriber(All)))
        {
            (await none.Content.ReadAsStringAsync()).ShouldBe($$"""{"id":"{{All}}","type":"subscriptions","subscriptions":[]}""");
            none.Headers.GetValues("Link").Single().ShouldBe("</.well-known/mercure>; rel=\"mercure\"; last-event-id=\"earliest\"; type=\"mercure\"; content-type=\"application/json\"");
        }

        using var first = await SubscribeAsync(hub, "match=foo&match_urlpattern=/a/:b", Keyring.V1(Keyring.SubscribeSecret, "subscribe", ["*"], new JsonObject { ["n"] = 1 }), 2);
        using var second = await SubscribeAsync(hub, "topic=foo", null, 3);
        using var answer = await hub.AskAsync(All, Keyring.Subscriber(All));
        answer.Content.Headers.ContentType!.ToString().ShouldBe("application/json");
        using var json = JsonDocument.Parse(await answer.Content.ReadAsStringAsync());
        json.RootElement.TryGetProperty("@context", out _).ShouldBeFalse();
        var items = json.RootElement.GetProperty("subscriptions").EnumerateArray().ToList();
        items.Select(i => $"{i.GetProperty("match_type")} {i.GetProperty("match")}").ShouldBe(["exact foo", "urlpattern /a/:b", "exact foo"]);
        items[0].EnumerateObject().Select(p => p.Name).ShouldBe(["id", "type", "subscriber", "match", "match_type", "active", "payload"]);
        items[0].GetProperty("payload").GetProperty("n").GetInt32().ShouldBe(1);
        items[2].TryGetProperty("payload", out _).ShouldBeFalse();

        using var some = await hub.AskAsync(All + "/urlpattern/%2Fa%2F%3Ab", Keyring.Subscriber("~/.well-known/mercure/subscriptions/:type/:match"));
        JsonDocument.Parse(await some.Content.ReadAsStringAsync()).RootElement.GetProperty("subscriptions").GetArrayLength().ShouldBe(1);
        using var one = await hub.AskAsync(items[0].GetProperty("id").GetString()!, Keyring.Subscriber("*"));
        (await one.Content.ReadAsStringAsync()).ShouldBe(items[0].GetRawText());
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_long_list_comes_in_parts_each_of_which_leads_to_the_next(bool isV1)
    {
        await using var hub = await TestHub.StartAsync(Keyring.Open(o => o.Limits.SubscriptionsListed = 3));
        var readers = new List<MercureReader>();
        for (var i = 0; i < 4; i++) readers.Add(await SubscribeAsync(hub, $"match=a{i}&match=b{i}", null, 2 * (i + 1)));
        var token = isV1 ? Keyring.Subscriber(All) : Keyring.LegacySubscriber(All);
        var found = new List<string>();
        var parts = 0;
        for (var path = All; path is not null; parts++)
        {
            using var answer = await hub.AskAsync(path, token);
            answer.StatusCode.ShouldBe(HttpStatusCode.OK);
            using var json = JsonDocument.Parse(await answer.Content.ReadAsStringAsync());
            json.RootElement.GetProperty("id").GetString().ShouldBe(All);
            found.AddRange(json.RootElement.GetProperty("subscriptions").EnumerateArray().Select(s => s.GetProperty(isV1 ? "match" : "topic").GetString()!));
            path = answer.Headers.TryGetValues("Link", out var links) && links.FirstOrDefault(l => l.EndsWith("rel=\"next\"", StringComparison.Ordinal)) is { } next
                ? next[1..next.IndexOf('>')] : null;
        }

        found.ShouldBe(["a0", "b0", "a1", "b1", "a2", "b2", "a3", "b3"]);
        parts.ShouldBe(4);
        (await hub.AskAsync(All + "?after=x", token)).StatusCode.ShouldBe(HttpStatusCode.BadRequest);
        foreach (var reader in readers) reader.Dispose();
    }

    [Fact]
    public async Task The_tag_is_the_newest_event_and_what_is_known_is_not_sent_again()
    {
        await using var hub = await TestHub.StartAsync(Keyring.Open());
        await hub.PublishedAsync("topic=a&id=a%20%22b%25", Keyring.Publisher("*"));
        using var answer = await hub.AskAsync(All, Keyring.Subscriber("*"));
        var tag = answer.Headers.GetValues("ETag").Single();
        tag.ShouldBe("\"a%20%22b%25\"");
        answer.Headers.GetValues("Link").Single().ShouldContain("last-event-id=\"a \\\"b%\"");
        (await hub.AskAsync(All, Keyring.Subscriber("*"), null, ("If-None-Match", tag))).StatusCode.ShouldBe(HttpStatusCode.NotModified);
        (await hub.AskAsync(All, Keyring.Subscriber("*"), null, ("If-None-Match", $"\"x\", W/{tag}"))).StatusCode.ShouldBe(HttpStatusCode.NotModified);
        await hub.PublishedAsync("topic=a&id=private-one&private=on", Keyring.Publisher("*"));
        using var later = await hub.AskAsync(All, Keyring.Subscriber("*"), null, ("If-None-Match", tag));
        later.StatusCode.ShouldBe(HttpStatusCode.OK);
        later.Headers.GetValues("ETag").Single().ShouldNotContain("private-one");
    }

    [Fact]
    public async Task Following_from_the_tag_misses_nothing()
    {
        await using var hub = await TestHub.StartAsync(Keyring.Open());
        using var answer = await hub.AskAsync(All, Keyring.Subscriber("*"));
        using var between = await hub.OpenAsync("match=between");
        using var reader = await hub.OpenAsync("match=*&last_event_id=earliest", Keyring.Subscriber("*"));
        PresenceEventTests.DataOf(await reader.NextAsync()).GetProperty("match").GetString().ShouldBe("between");
    }

    [Fact]
    public async Task The_path_alone_must_be_granted()
    {
        await using var hub = await TestHub.StartAsync(Keyring.Open());
        (await hub.AskAsync(All)).StatusCode.ShouldBe(HttpStatusCode.Unauthorized);
        (await hub.AskAsync(All, Keyring.Subscriber("a"))).StatusCode.ShouldBe(HttpStatusCode.Forbidden);
        (await hub.AskAsync(All + "?x=y", Keyring.Subscriber(All))).StatusCode.ShouldBe(HttpStatusCode.OK);
        (await hub.AskAsync(All + "/exact/a", Keyring.Subscriber(All))).StatusCode.ShouldBe(HttpStatusCode.Forbidden);
        (await hub.AskAsync(All + "/exact/a", Keyring.Subscriber(All + "/exact/a"))).StatusCode.ShouldBe(HttpStatusCode.OK);
        // As it was written.
        using var connection = await hub.SubscribeAsync(All + "/exact/%61", $"Authorization: Bearer {Keyring.Subscriber(All + "/exact/a")}\r\n");
        (await connection.ReadThroughAsync("\r\n\r\n")).ShouldStartWith("HTTP/1.1 403");
    }

    [Theory]
    [InlineData("/exact/a/urn%3Auuid%3A0", 404)]
    [InlineData("/exact/a/b/c", 404)]
    [InlineData("/exact", 404)]
    [InlineData("/regexp/a", 400)]
    [InlineData("/exact/%zz", 400)]
    [InlineData("/exact/%FF", 400)]
    public async Task What_cannot_be_is_told_so(string rest, int status)
    {
        await using var hub = await TestHub.StartAsync(Keyring.Setup());
        using var connection = await hub.SubscribeAsync(All + rest, $"Authorization: Bearer {Keyring.Subscriber("*")}\r\n");
        (await connection.ReadThroughAsync("\r\n\r\n")).ShouldStartWith($"HTTP/1.1 {status}");
    }

    [Theory]
    [InlineData("a b+c/d?e#f%g&h\"é🙂:*'()!~")]
    [InlineData("https://example.com/{id}?x=%2F")]
    public async Task A_part_is_encoded_once_and_whole(string match)
    {
        await using var hub = await TestHub.StartAsync(Keyring.Open());
        using var reader = await SubscribeAsync(hub, "match=" + Uri.EscapeDataString(match), null, 1);
        using var connection = await hub.SubscribeAsync($"{All}/exact/{Uri.EscapeDataString(match)}", $"Authorization: Bearer {Keyring.Subscriber("*")}\r\nConnection: close\r\n");
        var answer = await connection.ReadToEndAsync();
        answer.ShouldContain($"{All}/exact/{Uri.EscapeDataString(match)}/urn%3Auuid%3A");
        // A plus is itself in a path, written out or not.
        using var plus = await hub.SubscribeAsync($"{All}/exact/{Uri.EscapeDataString(match).Replace("%2B", "+")}", $"Authorization: Bearer {Keyring.Subscriber("*")}\r\nConnection: close\r\n");
        (await plus.ReadToEndAsync()).ShouldContain("urn%3Auuid%3A");
    }

    [Fact]
    public async Task In_the_older_dialect_it_has_another_shape()
    {
        await using var hub = await TestHub.StartAsync(Keyring.Open());
        using var reader = await SubscribeAsync(hub, "topic=foo", Keyring.V0(Keyring.SubscribeSecret, "subscribe", ["x"], new JsonObject { ["n"] = 1 }), 1);
        var id = hub.Core.NewestId.Value;
        var token = Keyring.LegacySubscriber("*");
        using var answer = await hub.AskAsync(All, token);
        answer.Content.Headers.ContentType!.ToString().ShouldBe("application/ld+json");
        answer.Headers.GetValues("ETag").Single().ShouldBe(id);
        using var json = JsonDocument.Parse(await answer.Content.ReadAsStringAsync());
        json.RootElement.EnumerateObject().Select(p => p.Name).ShouldBe(["@context", "id", "type", "lastEventID", "subscriptions"]);
        json.RootElement.GetProperty("type").GetString().ShouldBe("Subscriptions");
        json.RootElement.GetProperty("lastEventID").GetString().ShouldBe(id);
        var item = json.RootElement.GetProperty("subscriptions")[0];
        item.EnumerateObject().Select(p => p.Name).ShouldBe(["id", "type", "subscriber", "topic", "active", "payload"]);
        using var one = await hub.AskAsync(item.GetProperty("id").GetString()!, token);
        JsonDocument.Parse(await one.Content.ReadAsStringAsync()).RootElement.EnumerateObject().Select(p => p.Name)
            .ShouldBe(["@context", "id", "type", "subscriber", "topic", "active", "payload", "lastEventID"]);
        (await hub.AskAsync(All + "/foo", token)).StatusCode.ShouldBe(HttpStatusCode.OK);
        (await hub.AskAsync(All, token, null, ("If-None-Match", id))).StatusCode.ShouldBe(HttpStatusCode.NotModified);
        // Asked for path and query, and refused in one way.
        (await hub.AskAsync(All + "?x", Keyring.LegacySubscriber(All))).StatusCode.ShouldBe(HttpStatusCode.Unauthorized);
        using var refused = await hub.AskAsync(All, Keyring.LegacySubscriber("y"));
        refused.StatusCode.ShouldBe(HttpStatusCode.Unauthorized);
        refused.Headers.WwwAuthenticate.ShouldBeEmpty();
        (await refused.Content.ReadAsStringAsync()).ShouldBe("Unauthorized\n");
    }

    [Fact]
    public async Task Ten_thousand_subscriptions_are_listed_and_events_go_on_meanwhile()
    {
        await using var hub = await TestHub.StartAsync(Keyring.Open());
        var readers = new List<MercureReader>();
        // A hundred matchers each, so that ten thousand subscriptions need no ten thousand connections.
        for (var i = 0; i < 100; i++) readers.Add(await hub.OpenAsync(string.Join('&', Enumerable.Range(0, 100).Select(n => $"match={i}-{n}"))));
        using var listing = await hub.SubscribeAsync(All, $"Authorization: Bearer {Keyring.Subscriber("*")}\r\nConnection: close\r\n");
        // The listing's reader takes nothing yet; the lanes do not know of it.
        foreach (var reader in readers.Take(10)) await hub.PublishedAsync($"topic={readers.IndexOf(reader)}-7&id=x", Keyring.Publisher("*"));
        foreach (var reader in readers.Take(10)) (await reader.NextAsync()).ShouldBe("id: x\ndata: \n\n");
        var body = await listing.ReadToEndAsync();
        body.Split("\"active\":true").Length.ShouldBe(10_001);
        foreach (var reader in readers) reader.Dispose();
    }

    // Opens a stream, and waits until so many subscriptions are told of.
    private static async Task<MercureReader> SubscribeAsync(TestHub hub, string query, string? token, int subscriptions)
    {
        var reader = await hub.OpenAsync(query, token);
        var seen = 0;
        await foreach (var delivery in hub.Hub.SubscribeAsync(new() { Matchers = Siar.Topics.MatcherSet.All, Grants = Siar.Topics.MatcherSet.All, Start = Siar.Hub.Cursor.Earliest }))
        {
            if (delivery is Siar.Hub.Delivery.Published { Logged.Content.Type.Value: "mercure" } && ++seen == subscriptions) break;
        }

        return reader;
    }
}
