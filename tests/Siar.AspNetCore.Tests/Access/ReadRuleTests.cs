using System.Net;
using System.Text.Json;
using Siar.Hub;
using Siar.Topics;

namespace Siar.AspNetCore.Tests.Access;

/// <summary>Nobody reads what nobody allowed.</summary>
public sealed class ReadRuleTests
{
    [Theory]
    [InlineData("Production", null)]
    [InlineData("Staging", null)]
    [InlineData("Development", false)]
    public async Task Where_nothing_says_who_may_read_the_start_stops_with_the_ways_to_say_it(string environment, bool? mode)
    {
        var failure = await Should.ThrowAsync<InvalidOperationException>(() => TestHub.StartAsync(new TestHubSetup { Environment = environment, Options = o => o.DevelopmentMode = mode }));

        foreach (var way in new[] { "UseTokens", "UseAuthorizer", "AllowAnonymousReaders(\"news/*\")", "MapEvents" }) failure.Message.ShouldContain(way);
    }

    [Fact]
    public async Task Streams_of_the_applications_own_need_no_rule()
    {
        await using var hub = await TestHub.StartAsync(new TestHubSetup { Environment = "Production", MapsSiar = false, Endpoints = app => app.MapEvents("/prices", "gold") });
        using var reader = await EventStream.OpenLiveAsync(hub.Client, "/prices");
        await hub.Hub.PublishAsync("gold", "1");

        (await reader.NextAsync()).Data.ShouldBe("1");
    }

    [Theory]
    [InlineData("/events/*?lastEventId=earliest")]
    [InlineData("/events?topic=*&last=10")]
    [InlineData("/events?topic=*&snapshot=on")]
    [InlineData("/events?template={%2Bany}&lastEventId=earliest")]
    [InlineData("/events?pattern=*&lastEventId=earliest")]
    [InlineData("/events?pattern=:any/:id&lastEventId=earliest")]
    [InlineData("/events?pattern=news/*&lastEventId=earliest")]
    [InlineData("/events?topic=users/ann&topic=news/1&topic=news/2&lastEventId=earliest")]
    public async Task A_stranger_is_served_what_is_open_whatever_it_asks_for(string path)
    {
        await using var hub = await StartAsync();
        await PublishAsync(hub, "");

        (await DataAsync(hub, path, "application/json")).ShouldBe(["news/1", "news/2"]);
        (await DataAsync(hub, path, "application/x-ndjson")).ShouldBe(["news/1", "news/2"]);
        using var stream = await EventStream.OpenAsync(hub.Client, path);
        (await stream.NextPublishedAsync()).Data.ShouldBe("news/1");
        (await stream.NextPublishedAsync()).Data.ShouldBe("news/2");
        await PublishAsync(hub, ", live");
        (await stream.NextPublishedAsync()).Data.ShouldBe("news/1, live");
        (await stream.NextPublishedAsync()).Data.ShouldBe("news/2, live");
    }

    [Theory]
    [InlineData("match=*", "Last-Event-ID: earliest")]
    [InlineData("match_urlpattern=:any/:id", "Last-Event-ID: earliest")]
    [InlineData("topic=*", "Last-Event-ID: earliest")]
    [InlineData("topic={%2Bany}", "Last-Event-ID: earliest")]
    [InlineData("topic=users/ann&topic=news/1&topic=news/2", "Last-Event-ID: earliest")]
    public async Task So_it_is_on_the_Mercure_path(string query, string header)
    {
        await using var hub = await StartAsync();
        await PublishAsync(hub, "");
        using var stream = await EventStream.OpenAsync(hub.Client, $"/.well-known/mercure?{query}", header.Split(": ")[1]);

        (await stream.NextPublishedAsync()).Data.ShouldBe("news/1");
        (await stream.NextPublishedAsync()).Data.ShouldBe("news/2");
    }

    [Theory]
    [InlineData("/events/users/ann", "You may not read the topic 'users/ann': it is neither granted to you nor open to everybody.")]
    [InlineData("/events?topic=users/ann&topic=users/bob", "You may not read any of the 2 topics that the request names: they are neither granted to you nor open to everybody.")]
    public async Task Where_every_topic_is_exact_and_none_may_be_read_a_sentence_says_so(string path, string sentence)
    {
        await using var hub = await StartAsync();

        foreach (var accept in new[] { "text/event-stream", "application/x-ndjson", "application/json" })
        {
            using var request = new HttpRequestMessage(HttpMethod.Get, path) { Headers = { { "Accept", accept } } };
            using var answer = await hub.Client.SendAsync(request);
            answer.StatusCode.ShouldBe(HttpStatusCode.Forbidden);
            (await answer.Content.ReadAsStringAsync()).ShouldBe(sentence + "\n");
        }

        (await hub.Client.GetAsync("/.well-known/mercure?match=users/ann")).StatusCode.ShouldBe(HttpStatusCode.Forbidden);
        // [0.x] The reference hub answers 401 wherever it is about the token.
        (await hub.Client.GetAsync("/.well-known/mercure?topic=users/ann")).StatusCode.ShouldBe(HttpStatusCode.Unauthorized);
    }

    [Fact]
    public async Task A_pattern_that_nothing_open_matches_is_served_and_stays_silent()
    {
        await using var hub = await StartAsync();
        using var stream = await EventStream.OpenLiveAsync(hub.Client, "/events?template=users/{name}&topic=news/1");
        using var silent = await EventStream.OpenLiveAsync(hub.Client, "/events?template=users/{name}");
        await PublishAsync(hub, "");

        (await stream.NextAsync()).Data.ShouldBe("news/1");
        await hub.Core.DrainAsync(TestContext.Current.CancellationToken);
        (await silent.ReadToEndAsync()).ShouldBeEmpty();
    }

    [Fact]
    public async Task What_was_trimmed_of_others_topics_is_no_gap()
    {
        await using var hub = await StartAsync(o => o.Hub.Retention = new RetentionLimits(2, null, null));
        await hub.Hub.PublishAsync("news/1", "first");
        var first = await hub.Hub.PublishAsync("news/1", "0");
        for (var i = 1; i <= 5; i++) await hub.Hub.PublishAsync("users/ann", $"{i}");
        await hub.Hub.PublishAsync("news/1", "6");

        using var page = JsonDocument.Parse(await TextAsync(hub, $"/events/*?lastEventId={Uri.EscapeDataString(first.Id.Value)}", "application/json"));

        page.RootElement.TryGetProperty("gap", out _).ShouldBeFalse();
        page.RootElement.GetProperty("events").EnumerateArray().Select(e => e.GetProperty("data").GetString()).ShouldBe(["6"]);
    }

    [Fact]
    public async Task That_others_topics_are_closed_is_not_told()
    {
        await using var hub = await StartAsync();
        await hub.Hub.PublishAsync("news/1", "0");
        await hub.Hub.CloseAsync("users/ann");

        (await TextAsync(hub, "/events?topic=*&topic=users/ann&lastEventId=earliest", "application/json")).ShouldNotContain("users/ann");
    }

    [Fact]
    public async Task A_token_reads_what_it_grants_and_what_is_open_and_on_the_Mercure_path_every_public_event()
    {
        await using var hub = await StartAsync();
        hub.Client.DefaultRequestHeaders.Authorization = new("Bearer", Keyring.Subscriber("users/ann"));
        await PublishAsync(hub, "");

        (await DataAsync(hub, "/events/*?lastEventId=earliest", "application/json")).ShouldBe(["to ann", "users/ann", "news/1", "news/2"]);
        (await hub.Client.GetAsync("/events/users/bob")).StatusCode.ShouldBe(HttpStatusCode.Forbidden);
        using var mercure = await EventStream.OpenAsync(hub.Client, "/.well-known/mercure?match=*", "earliest");
        var seen = new List<string>();
        for (var i = 0; i < 5; i++) seen.Add((await mercure.NextPublishedAsync()).Data);
        seen.ShouldBe(["to ann", "users/ann", "users/bob", "news/1", "news/2"]);
    }

    [Theory]
    [InlineData("ann", "/events/*", new[] { "to ann", "users/ann", "news/1", "news/2" })]
    [InlineData("ann", "/events/users/ann", new[] { "to ann", "users/ann" })]
    [InlineData("ann", "/events/users/bob", null)]
    [InlineData("public", "/events/*", new[] { "users/bob", "news/1", "news/2" })]
    [InlineData("nobody", "/events/*", new[] { "news/1", "news/2" })]
    [InlineData("nobody", "/events/users/ann", null)]
    [InlineData("nothing", "/events/*", new[] { "news/1", "news/2" })]
    public async Task A_hook_adds_to_what_is_open(string caller, string path, string[]? expected)
    {
        await using var hub = await TestHub.StartAsync(new TestHubSetup { Environment = "Production", Siar = s => s.AllowAnonymousReaders("news/*").UseAuthorizer(c => new(AccessOf(c))) });
        await PublishAsync(hub, "");
        hub.Client.DefaultRequestHeaders.Add("X-Caller", caller);

        if (expected is null) (await hub.Client.GetAsync(path)).StatusCode.ShouldBe(HttpStatusCode.Forbidden);
        else (await DataAsync(hub, path + "?lastEventId=earliest", "application/json")).ShouldBe(expected);
    }

    [Fact]
    public async Task Where_a_hook_allows_nothing_nothing_is_read()
    {
        await using var hub = await TestHub.StartAsync(new TestHubSetup { Environment = "Production", Siar = s => s.UseAuthorizer(_ => new(new SiarAccess())) });

        foreach (var path in new[] { "/events/*", "/events?pattern=*", "/events/news/1" })
        {
            using var answer = await hub.Client.GetAsync(path);
            answer.StatusCode.ShouldBe(HttpStatusCode.Forbidden, path);
            (await answer.Content.ReadAsStringAsync()).ShouldBe("You may not read anything here: no topic is granted to you, and none is open to everybody.\n");
        }
    }

    [Fact]
    public async Task What_was_withheld_is_logged_for_who_looks_for_it()
    {
        await using var hub = await TestHub.StartAsync(Setup() with { Logged = LogLevel.Debug });
        using var served = await EventStream.OpenAsync(hub.Client, "/events?topic=users/ann&topic=news/1&template=users/{name}");
        await hub.Client.GetAsync("/events/users/bob");

        hub.Log.Sentences.ShouldContain("A reader asks for topics that it may not read. Withheld: [users/ann]. Served in part: [users/{name}].");
        hub.Log.Sentences.ShouldContain("A reader asks for topics that it may not read. Withheld: [users/bob]. Served in part: [].");
    }

    [Fact]
    public async Task A_page_of_what_a_hook_allows_is_kept_by_no_shared_cache()
    {
        await using var hub = await TestHub.StartAsync(new TestHubSetup { Environment = "Production", Siar = s => s.UseAuthorizer(_ => new(SiarAccess.ReadPublic)) });
        var first = await hub.Hub.PublishAsync("a", "0");
        await hub.Hub.PublishAsync("a", "1");
        using var request = new HttpRequestMessage(HttpMethod.Get, $"/events/a?limit=1&lastEventId={Uri.EscapeDataString(first.Id.Value)}") { Headers = { { "Accept", "application/json" } } };
        using var answer = await hub.Client.SendAsync(request);

        answer.Headers.CacheControl!.Private.ShouldBeTrue();
    }

    [Theory]
    [InlineData("{+", "URI Template")]
    [InlineData("a\nb", "control")]
    public async Task A_wrong_topic_stops_the_start(string topic, string word)
    {
        var failure = await Should.ThrowAsync<Exception>(() => TestHub.StartAsync(new TestHubSetup { Environment = "Production", Siar = s => s.AllowAnonymousReaders(topic) }));

        failure.Message.ShouldContain("AnonymousReaders has");
        failure.Message.ShouldContain(word);
        Should.Throw<ArgumentException>(() => new ServiceCollection().AddSiar().AllowAnonymousReaders()).Message.ShouldContain("news/*");
    }

    private static SiarAccess? AccessOf(HttpContext context) => context.Request.Headers["X-Caller"].ToString() switch
    {
        "ann" => new SiarAccess { Subscribe = MatcherSet.OfTopics(Topic.Parse("users/ann")) },
        "public" => new SiarAccess { Public = MatcherSet.OfTopics(Topic.Parse("users/bob")) },
        "nothing" => new SiarAccess(),
        _ => null,
    };

    private static TestHubSetup Setup(Action<SiarOptions>? options = null) => Keyring.Setup(options: o =>
    {
        o.AnonymousReaders.Add("news/*");
        options?.Invoke(o);
    });

    private static Task<TestHub> StartAsync(Action<SiarOptions>? options = null) => TestHub.StartAsync(Setup(options));

    private static async Task PublishAsync(TestHub hub, string more)
    {
        await hub.Hub.PublishAsync(new Event(Topic.Parse("users/ann"), "to ann" + more) { IsPrivate = true, Key = "a" });
        await hub.Hub.PublishAsync(new Event(Topic.Parse("news/1"), "secret" + more) { IsPrivate = true, Key = "b" });
        foreach (var topic in new[] { "users/ann", "users/bob", "news/1", "news/2" }) await hub.Hub.PublishAsync(new Event(Topic.Parse(topic), topic + more) { Key = "c" });
    }

    private static async Task<string> TextAsync(TestHub hub, string path, string accept)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, path) { Headers = { { "Accept", accept } } };
        using var answer = await hub.Client.SendAsync(request);
        answer.StatusCode.ShouldBe(HttpStatusCode.OK);
        return await answer.Content.ReadAsStringAsync();
    }

    // A page, or the lines of a stream up to where it is level with the log.
    private static async Task<List<string?>> DataAsync(TestHub hub, string path, string accept)
    {
        if (accept == "application/json")
        {
            using var page = JsonDocument.Parse(await TextAsync(hub, path, accept));
            return [.. page.RootElement.GetProperty("events").EnumerateArray().Select(e => e.GetProperty("data").GetString())];
        }

        using var request = new HttpRequestMessage(HttpMethod.Get, EventStream.WithSignals(path)) { Headers = { { "Accept", accept } } };
        using var answer = await hub.Client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead);
        using var lines = new StreamReader(await answer.Content.ReadAsStreamAsync());
        var data = new List<string?>();
        while (await lines.ReadLineAsync() is { } line && !line.Contains("\"signal\":\"live\"", StringComparison.Ordinal))
        {
            if (line.Length > 0 && JsonDocument.Parse(line).RootElement.TryGetProperty("data", out var text)) data.Add(text.GetString());
        }

        return data;
    }
}
