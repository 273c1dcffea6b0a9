using System.Text.Json;
using System.Text.Json.Nodes;
using FsCheck.Fluent;
using Siar.Hub;
using Siar.TestKit;
using Siar.Topics;
using Siar.Wire;

namespace Siar.AspNetCore.Tests.Mercure;

/// <summary>Events about who is subscribed (1.8 and, for 0.x, 1.13).</summary>
public sealed class PresenceEventTests
{
    private const string Subscriptions = "/.well-known/mercure/subscriptions/";

    [Fact]
    public async Task A_subscription_is_told_when_it_begins_and_ends()
    {
        await using var hub = await TestHub.StartAsync(Keyring.Setup());
        using var watcher = await WatchAsync(hub, "urlpattern", ":subscriber");
        var token = Keyring.V1(Keyring.SubscribeSecret, "subscribe", ["https://example.com/:selector"], new JsonObject { ["foo"] = "bar" });
        string began;
        using (await hub.OpenAsync("match_urlpattern=https://example.com/:selector", token)) began = await watcher.NextAsync();
        began.ShouldStartWith("event: mercure\nid: #");
        var subscription = DataOf(began);
        var id = subscription.GetProperty("id").GetString()!;
        var subscriber = subscription.GetProperty("subscriber").GetString()!;
        subscriber.ShouldMatch("^urn:uuid:[0-9a-f]{8}-[0-9a-f]{4}-8[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$");
        id.ShouldBe($"{Subscriptions}urlpattern/https%3A%2F%2Fexample.com%2F%3Aselector/{Uri.EscapeDataString(subscriber)}");
        subscription.EnumerateObject().Select(p => p.Name).ShouldBe(["id", "type", "subscriber", "match", "match_type", "active", "payload"]);
        subscription.GetProperty("type").GetString().ShouldBe("subscription");
        subscription.GetProperty("match").GetString().ShouldBe("https://example.com/:selector");
        subscription.GetProperty("match_type").GetString().ShouldBe("urlpattern");
        subscription.GetProperty("active").GetBoolean().ShouldBeTrue();
        subscription.GetProperty("payload").GetProperty("foo").GetString().ShouldBe("bar");
        var ended = DataOf(await watcher.NextAsync());
        ended.GetProperty("id").GetString().ShouldBe(id);
        ended.GetProperty("active").GetBoolean().ShouldBeFalse();
    }

    [Fact]
    public async Task Each_matcher_is_told_of_by_itself_under_one_name()
    {
        await using var hub = await TestHub.StartAsync(Keyring.Open());
        using var watcher = await WatchAsync(hub, ":type", ":subscriber");
        using var reader = await hub.OpenAsync("match=a&match=b&match=a&match_urlpattern=/c%20+/:x&match=*");
        var told = new List<JsonElement>();
        for (var i = 0; i < 4; i++) told.Add(DataOf(await watcher.NextAsync()));
        told.Select(t => t.GetProperty("match").GetString()).ShouldBe(["a", "b", "/c  /:x", "*"], ignoreOrder: true);
        told.Select(t => t.GetProperty("subscriber").GetString()).Distinct().ShouldHaveSingleItem();
        told.Exists(t => t.TryGetProperty("payload", out _)).ShouldBeFalse();
    }

    [Fact]
    public async Task Who_may_not_know_is_not_told_and_who_may_is_told_of_itself()
    {
        await using var hub = await TestHub.StartAsync(Keyring.Setup());
        using var other = await hub.OpenAsync("match=*", Keyring.Subscriber("somewhere else"));
        using var itself = await hub.OpenAsync("match=*", Keyring.Subscriber("*"));
        DataOf(await itself.NextAsync()).GetProperty("match").GetString().ShouldBe("*");
        await hub.PublishedAsync("topic=a&id=x", Keyring.Publisher("*"));
        (await other.NextAsync()).ShouldBe("id: x\ndata: \n\n");
    }

    [Fact]
    public async Task The_payload_is_that_of_the_first_detail_that_means_the_matcher()
    {
        await using var hub = await TestHub.StartAsync(Keyring.Setup());
        using var watcher = await WatchAsync(hub, "exact", ":subscriber");
        JsonObject Detail(string match, int payload) => new()
        {
            ["type"] = "https://mercure.rocks/authorization-detail", ["actions"] = new JsonArray("subscribe"),
            ["topics"] = new JsonArray(new JsonObject { ["match"] = match }), ["payload"] = new JsonObject { ["n"] = payload },
        };
        var token = Keyring.Sign(Keyring.SubscribeSecret, Keyring.V1Claims(new JsonArray(Detail("x", 1), Detail("a", 2), Detail("*", 3))));
        using var reader = await hub.OpenAsync("match=a&match=b", token);
        var told = new[] { DataOf(await watcher.NextAsync()), DataOf(await watcher.NextAsync()) }.ToDictionary(t => t.GetProperty("match").GetString()!, t => t.GetProperty("payload").GetProperty("n").GetInt32());
        told["a"].ShouldBe(2);
        told["b"].ShouldBe(3);
    }

    [Fact]
    public async Task Each_dialect_is_told_in_its_own_words_of_the_same_event()
    {
        await using var hub = await TestHub.StartAsync(Keyring.Open());
        using var now = await WatchAsync(hub, ":type", ":subscriber");
        using var old = await hub.OpenAsync($"topic={Subscriptions}{{topic}}{{/subscriber}}", Keyring.LegacySubscriber($"{Subscriptions}{{topic}}{{/subscriber}}"));
        DataOf(await now.NextAsync()).GetProperty("match_type").GetString().ShouldBe("uritemplate");
        await old.NextAsync();
        using var reader = await hub.OpenAsync("topic=https://example.com/{id}", Keyring.V0(Keyring.SubscribeSecret, "subscribe", ["a"], JsonValue.Create("any JSON")));
        var one = await now.NextAsync();
        var other = await old.NextAsync();
        other.ShouldStartWith("id: #");
        other.Split('\n')[0].ShouldBe(one.Split('\n')[1]);
        var told = DataOf(other);
        told.EnumerateObject().Select(p => p.Name).ShouldBe(["@context", "id", "type", "subscriber", "topic", "active", "payload"]);
        told.GetProperty("@context").GetString().ShouldBe("https://mercure.rocks/");
        told.GetProperty("type").GetString().ShouldBe("Subscription");
        told.GetProperty("topic").GetString().ShouldBe("https://example.com/{id}");
        told.GetProperty("payload").GetString().ShouldBe("any JSON");
        told.GetProperty("id").GetString().ShouldBe($"{Subscriptions}https%3A%2F%2Fexample.com%2F%7Bid%7D/{Uri.EscapeDataString(told.GetProperty("subscriber").GetString()!)}");
        DataOf(one).GetProperty("subscriber").GetString().ShouldBe(told.GetProperty("subscriber").GetString());
    }

    [Fact]
    public async Task What_an_application_makes_public_under_these_topics_stays_as_it_is()
    {
        await using var hub = await TestHub.StartAsync(Keyring.Setup());
        using var old = await hub.OpenAsync("topic=*", Keyring.LegacySubscriber("*"));
        await old.NextAsync();
        const string data = """{"match":"a","match_type":"exact","subscriber":"b","active":true}""";
        await hub.Hub.PublishAsync(new Event(Topic.Parse(Subscriptions + "exact/a/b"), data) { Type = EventType.Parse("mercure") });
        (await old.NextAsync()).ShouldMatch("^event: mercure\nid: #.*\ndata: " + System.Text.RegularExpressions.Regex.Escape(data) + "\n\n$");
    }

    [Fact]
    public async Task A_reader_that_comes_back_is_told_what_it_missed()
    {
        await using var hub = await TestHub.StartAsync(Keyring.Open());
        var first = await hub.PublishedAsync("topic=x", Keyring.Publisher("*"));
        using (var watcher = await WatchAsync(hub, "exact", ":subscriber"))
        using (await hub.OpenAsync("match=a")) await watcher.NextAsync();
        using var again = await WatchAsync(hub, "exact", ":subscriber", "&last_event_id=" + Uri.EscapeDataString(first));
        DataOf(await again.NextAsync()).GetProperty("active").GetBoolean().ShouldBeTrue();
        DataOf(await again.NextAsync()).GetProperty("active").GetBoolean().ShouldBeFalse();
    }

    [Fact]
    public async Task A_peer_that_stops_without_a_word_is_found_and_told_of()
    {
        var time = new ManualTimeProvider();
        await using var hub = await TestHub.StartAsync(Keyring.Open(o => o.Hub.MaxLifetime = TimeSpan.Zero) with { Services = s => s.AddSingleton<TimeProvider>(time) });
        using var watcher = await WatchAsync(hub, "exact", ":subscriber");
        using var silent = await hub.OpenAsync("match=a");
        DataOf(await watcher.NextAsync()).GetProperty("active").GetBoolean().ShouldBeTrue();
        // It reads nothing more, and its connection stays open. What it does not take fills what lies between.
        var big = new string('x', 1 << 20);
        for (var i = 0; i < 24; i++) await hub.Hub.PublishAsync(new Event(Topic.Parse("a"), big));
        while (hub.Core.Subscribers != 1)
        {
            time.Advance(TimeSpan.FromSeconds(1));
            await Task.Yield();
        }

        DataOf(await watcher.NextAsync()).GetProperty("active").GetBoolean().ShouldBeFalse();
        using var list = await hub.AskAsync(Subscriptions + "exact/a", Keyring.Subscriber("*"));
        (await list.Content.ReadAsStringAsync()).ShouldContain("\"subscriptions\":[]");
    }

    [Fact]
    public async Task Events_of_the_hubs_own_push_out_nobody_elses()
    {
        await using var hub = await TestHub.StartAsync(Keyring.Open(o => (o.Hub.Retention, o.Hub.ReservedRetention) = (new(10, null, null), new(5, TimeSpan.FromHours(1), null))));
        await hub.PublishedAsync("topic=a&id=kept", Keyring.Publisher("*"));
        for (var i = 0; i < 20; i++) (await hub.OpenAsync("match=b")).Dispose();
        using var reader = await hub.OpenAsync("match=a&last_event_id=earliest");
        (await reader.NextAsync()).ShouldStartWith("id: kept\n");
    }

    [Fact]
    public async Task They_can_be_switched_off()
    {
        await using var hub = await TestHub.StartAsync(Keyring.Open(o => o.Mercure.Subscriptions = false));
        using var reader = await hub.OpenAsync("match=a");
        (await hub.AskAsync("/.well-known/mercure/subscriptions", Keyring.Subscriber("*"))).StatusCode.ShouldBe(System.Net.HttpStatusCode.NotFound);
        hub.Core.Log.Head.ShouldBe(0);
    }

    [Fact]
    public async Task Who_goes_on_over_a_pause_is_told_so_on_every_door_and_the_list_is_the_truth()
    {
        var time = new ManualTimeProvider();
        await using var hub = await TestHub.StartAsync(Keyring.Open(o => o.Hub.MaxLifetime = TimeSpan.Zero) with { Services = s => s.AddSingleton<TimeProvider>(time) });
        var before = await hub.PublishedAsync("topic=x", Keyring.Publisher("*"));
        time.Advance(TimeSpan.FromMinutes(5));
        using var untold = await hub.OpenAsync("match=a");
        await hub.PublishedAsync("topic=x&id=after", Keyring.Publisher("*"));
        hub.Core.Log.Head.ShouldBe(2);

        var cursor = "&last_event_id=" + Uri.EscapeDataString(before);
        using var header = await hub.OpenAsync("match=*" + cursor, Keyring.Subscriber("*"));
        header.HeaderOf("Mercure-Last-Event-ID").ShouldBe("earliest");
        (await header.NextAsync()).ShouldStartWith("id: after\n");
        using var signal = await hub.OpenAsync("match=*&signals=on" + cursor, Keyring.Subscriber("*"));
        (await signal.NextAsync()).ShouldStartWith("id: after\n");
        (await signal.NextAsync()).ShouldMatch("^event: siar.gap\nid: #.*\ndata: \\{.*\"reason\":\"presence-paused\"\\}\n\n$");
        using var page = await hub.AskAsync("/events?topic=*" + cursor.Replace("last_event_id", "lastEventId"), Keyring.Subscriber("*"), null, ("Accept", "application/json"));
        (await page.Content.ReadAsStringAsync()).ShouldContain("\"id\":\"after\"");
        using var other = await hub.OpenAsync("match=x" + cursor, Keyring.Subscriber("*"));
        other.HeaderOf("Mercure-Last-Event-ID").ShouldBe(before);

        using var list = await hub.AskAsync(Subscriptions + "exact/a", Keyring.Subscriber("*"));
        (await list.Content.ReadAsStringAsync()).ShouldContain("\"match\":\"a\"");
        untold.Dispose();
        while (true)
        {
            var told = await header.NextAsync();
            if (!told.Contains("\"match\":\"a\"", StringComparison.Ordinal)) continue;
            DataOf(told).GetProperty("active").GetBoolean().ShouldBeFalse();
            return;
        }
    }

    [Fact]
    public void What_an_event_may_take_is_counted_before_it_is_made()
    {
        var texts = Gen.ArrayOf(Gen.Elements('a', '/', '%', '"', 'é', '\u2028', '語', '{')).Select(c => new string([.. c, 'z']));
        Generated.Check(texts, text =>
        {
            var session = new PresenceSession(null!, new MercurePresenceForm(MercureClient.Path), MercureClient.Path, [new(RequestedMatcher.UrlPattern, text)], null);
            var made = session.MakeEvent(0, isActive: false);
            session.BytesOf(0).ShouldBeGreaterThanOrEqualTo((int)made.RetainedBytes);
        });
    }

    private static async Task<MercureReader> WatchAsync(TestHub hub, string type, string subscriber, string more = "")
    {
        var pattern = $"{Subscriptions}{type}/:match/{subscriber}";
        var reader = await hub.OpenAsync($"match_urlpattern={pattern}{more}", Keyring.Subscriber("~" + pattern));
        // It is told of itself first, where its own pattern means its own subscription.
        if (type is ":type" or "urlpattern") await reader.NextAsync();
        return reader;
    }

    internal static JsonElement DataOf(string block) =>
        JsonDocument.Parse(string.Join('\n', block.Split('\n').Where(l => l.StartsWith("data: ", StringComparison.Ordinal)).Select(l => l[6..]))).RootElement;
}
