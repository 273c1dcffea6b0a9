using System.Net;

namespace Siar.AspNetCore.Tests.Mercure;

/// <summary>What clients of 0.x need (1.13), but for presence.</summary>
public sealed class LegacyTests
{
    [Fact]
    public async Task Selectors_are_equal_text_templates_or_the_star()
    {
        await using var hub = await TestHub.StartAsync(Keyring.Open());
        var token = Keyring.LegacyPublisher("*");
        using var reader = await hub.OpenAsync("topic=https://example.com/books/{id}&topic=string&topic=faulty{iri");
        foreach (var topic in new[] { "https://example.com/books/1", "https://example.com/users/1", "string", "faulty{iri", "other" })
            await hub.PublishedAsync($"topic={Uri.EscapeDataString(topic)}&data={Uri.EscapeDataString(topic)}", token);
        (await reader.NextAsync()).ShouldEndWith("data: https://example.com/books/1\n\n");
        (await reader.NextAsync()).ShouldEndWith("data: string\n\n");
        (await reader.NextAsync()).ShouldEndWith("data: faulty{iri\n\n");
    }

    [Theory]
    [InlineData("news", true)]
    [InlineData("*", false)]
    public async Task A_stream_is_gzip_where_nothing_in_it_is_put_in_other_words(string topic, bool isGzip)
    {
        await using var hub = await TestHub.StartAsync(Keyring.Setup(options: o => o.Hub.GzipFrom = 1));
        using var answer = await hub.AskAsync($"{MercureClient.Path}?topic={topic}", Keyring.LegacySubscriber("*"), headers: ("Accept-Encoding", "gzip"));
        answer.Content.Headers.ContentEncoding.ShouldBe(isGzip ? ["gzip"] : []);
    }

    [Fact]
    public async Task There_may_be_a_thousand_topics()
    {
        await using var hub = await TestHub.StartAsync(Keyring.Open());
        var most = string.Join('&', Enumerable.Range(0, 1_000).Select(i => $"topic={i}"));
        (await hub.AskAsync($"{MercureClient.Path}?{most}")).StatusCode.ShouldBe(HttpStatusCode.OK);
        (await hub.AskAsync($"{MercureClient.Path}?{most}&topic=x")).StatusCode.ShouldBe(HttpStatusCode.BadRequest);
    }

    [Theory]
    [InlineData("lastEventID=2", "", "2", 3)]
    [InlineData("Last-Event-ID=2", "", "2", 3)]
    [InlineData("lastEventID=2&Last-Event-ID=2", "", "2", 3)]
    [InlineData("lastEventID=1", "Last-Event-ID: 2\r\n", "2", 3)]
    [InlineData("lastEventID=earliest", "", "earliest", 1)]
    [InlineData("lastEventID=unknown", "", "earliest", 1)]
    [InlineData("lastEventID=&Last-Event-ID=", "", null, 4)]
    public async Task The_cursor_has_other_names(string query, string header, string? answered, int next)
    {
        await using var hub = await TestHub.StartAsync(Keyring.Open());
        for (var i = 1; i <= 3; i++) await hub.PublishedAsync($"topic=a&id={i}", Keyring.LegacyPublisher("*"));
        using var reader = await hub.OpenAsync("topic=a&" + query, headers: header);
        reader.HeaderOf("Last-Event-ID").ShouldBe(answered);
        reader.HeaderOf("Mercure-Last-Event-ID").ShouldBeNull();
        await hub.PublishedAsync("topic=a&id=4", Keyring.LegacyPublisher("*"));
        (await reader.NextAsync()).ShouldBe($"id: {next}\ndata: \n\n");
    }

    [Fact]
    public async Task Every_refusal_about_a_token_is_a_bare_401()
    {
        await using var hub = await TestHub.StartAsync(Keyring.Setup());
        var foreign = Keyring.V0("a wrong secret", "publish", ["*"]);
        foreach (var answer in new[]
        {
            await hub.AskAsync(MercureClient.Path + "?topic=a"),
            await hub.AskAsync(MercureClient.Path + "?topic=a", Keyring.V0("a wrong secret", "subscribe", ["*"])),
            await hub.AskAsync(MercureClient.Path + "?topic=a", headers: ("Authorization", "Bearer short")),
            await hub.PublishAsync("topic=a", foreign),
            await hub.PublishAsync("topic=b", Keyring.LegacyPublisher("a")),
            await hub.PublishAsync("topic=a&topic=b", Keyring.LegacyPublisher("a")),
            await hub.PublishAsync("topic=a", Keyring.V0(Keyring.PublishSecret, "subscribe", ["*"])),
        })
        {
            answer.StatusCode.ShouldBe(HttpStatusCode.Unauthorized);
            (await answer.Content.ReadAsStringAsync()).ShouldBe("Unauthorized\n");
            answer.Headers.WwwAuthenticate.ShouldBeEmpty();
        }
    }

    [Fact]
    public async Task The_claim_may_be_namespaced_and_a_token_need_not_end()
    {
        await using var hub = await TestHub.StartAsync(Keyring.Setup());
        var claims = new System.Text.Json.Nodes.JsonObject
        {
            ["mercure"] = new System.Text.Json.Nodes.JsonObject { ["publish"] = new System.Text.Json.Nodes.JsonArray("nothing") },
            ["https://mercure.rocks/"] = new System.Text.Json.Nodes.JsonObject { ["publish"] = new System.Text.Json.Nodes.JsonArray("a") },
        };
        (await hub.PublishAsync("topic=a", Keyring.Sign(Keyring.PublishSecret, claims, "JWT"))).StatusCode.ShouldBe(HttpStatusCode.OK);
        claims["exp"] = 1_000;
        (await hub.PublishAsync("topic=a", Keyring.Sign(Keyring.PublishSecret, claims, "JWT"))).StatusCode.ShouldBe(HttpStatusCode.Unauthorized);
    }

    [Fact]
    public async Task Private_updates_need_a_selector_and_both_dialects_read_them()
    {
        await using var hub = await TestHub.StartAsync(Keyring.Setup());
        using var old = await hub.OpenAsync("topic=*", Keyring.LegacySubscriber("/users/{id}"));
        using var now = await hub.OpenAsync("match=*", Keyring.Subscriber("~/users/:id"));
        await hub.PublishedAsync("topic=/other&private=on&id=1", Keyring.LegacyPublisher("*"));
        await hub.PublishedAsync("topic=/users/7&private=on&id=2", Keyring.LegacyPublisher("*"));
        await hub.PublishedAsync("topic=/users/8&private=on&id=3", Keyring.Publisher("*"));
        foreach (var reader in new[] { old, now })
        {
            (await reader.NextAsync()).ShouldBe("id: 2\ndata: \n\n");
            (await reader.NextAsync()).ShouldBe("id: 3\ndata: \n\n");
        }
    }

    [Fact]
    public async Task The_older_dialect_can_be_refused()
    {
        await using var hub = await TestHub.StartAsync(Keyring.Setup(t => t.AcceptLegacyTokens = false));
        (await hub.PublishAsync("topic=a", Keyring.LegacyPublisher("*"))).StatusCode.ShouldBe(HttpStatusCode.Unauthorized);
        (await hub.PublishAsync("topic=a", Keyring.Publisher("*"))).StatusCode.ShouldBe(HttpStatusCode.OK);
    }
}
