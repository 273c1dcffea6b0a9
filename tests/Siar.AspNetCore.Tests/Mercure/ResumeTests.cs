namespace Siar.AspNetCore.Tests.Mercure;

/// <summary>Cursors (1.6).</summary>
public sealed class ResumeTests
{
    private const string Header = "Mercure-Last-Event-ID";

    [Theory]
    [InlineData("match=a&last_event_id=2", "", "2")]
    [InlineData("match=a&lastEventId=2", "", "2")]
    [InlineData("match=a&lastEventID=2", "", "2")]
    [InlineData("match=a", "Last-Event-ID: 2\r\n", "2")]
    [InlineData("match=a&last_event_id=1", "Last-Event-ID: 2\r\n", "2")]
    [InlineData("match=a&last_event_id=2", "Last-Event-ID: \r\n", "2")]
    public async Task What_follows_the_cursor_comes_and_then_what_is_live(string query, string header, string answered)
    {
        await using var hub = await StartAsync();
        using var reader = await hub.OpenAsync(query, headers: header);
        reader.HeaderOf(Header).ShouldBe(answered);
        (await reader.NextAsync()).ShouldBe("id: 3\ndata: c\n\n");
        await hub.PublishedAsync("topic=a&id=4&data=d", Keyring.Publisher("*"));
        (await reader.NextAsync()).ShouldBe("id: 4\ndata: d\n\n");
    }

    [Theory]
    [InlineData("earliest")]
    [InlineData("never-was")]
    [InlineData("a%0Ab")]
    [InlineData("%23aaaaaaaa.2")]
    public async Task Who_asks_for_what_is_unknown_gets_all_that_is_kept_and_is_told_so(string cursor)
    {
        await using var hub = await StartAsync();
        using var reader = await hub.OpenAsync("match=a&last_event_id=" + cursor);
        reader.HeaderOf(Header).ShouldBe("earliest");
        (await reader.NextAsync()).ShouldBe("id: 1\ndata: a\n\n");
    }

    [Fact]
    public async Task An_empty_cursor_is_answered_with_the_place_before_what_is_live()
    {
        await using var empty = await TestHub.StartAsync(Keyring.Open());
        using (var first = await empty.OpenAsync("match=a&last_event_id=")) first.HeaderOf(Header).ShouldBe("earliest");
        await using var hub = await StartAsync();
        using var reader = await hub.OpenAsync("match=a", headers: "Last-Event-ID:\r\n");
        var place = reader.HeaderOf(Header).ShouldNotBeNull();
        await hub.PublishedAsync("topic=a&id=4", Keyring.Publisher("*"));
        (await reader.NextAsync()).ShouldBe("id: 4\ndata: \n\n");
        using var second = await hub.OpenAsync("match=a", headers: $"Last-Event-ID: {place}\r\n");
        (await second.NextAsync()).ShouldBe("id: 4\ndata: \n\n");
    }

    [Fact]
    public async Task Without_a_cursor_nothing_is_answered()
    {
        await using var hub = await StartAsync();
        using var reader = await hub.OpenAsync("match=a");
        reader.HeaderOf(Header).ShouldBeNull();
    }

    [Fact]
    public async Task An_id_that_stands_twice_means_the_first()
    {
        await using var hub = await StartAsync();
        await hub.PublishedAsync("topic=a&id=1&data=again", Keyring.Publisher("*"));
        using var reader = await hub.OpenAsync("match=a&last_event_id=1");
        (await reader.NextAsync()).ShouldBe("id: 2\ndata: b\n\n");
        (await reader.NextAsync()).ShouldBe("id: 3\ndata: c\n\n");
        (await reader.NextAsync()).ShouldBe("id: 1\ndata: again\n\n");
    }

    [Fact]
    public async Task An_id_beyond_ASCII_is_percent_encoded_in_the_header()
    {
        await using var hub = await StartAsync();
        await hub.PublishedAsync("topic=a&id=%C3%A9%20%F0%9F%99%82", Keyring.Publisher("*"));
        using var reader = await hub.OpenAsync("match=a&last_event_id=%C3%A9%20%F0%9F%99%82");
        reader.HeaderOf(Header).ShouldBe("%C3%A9 %F0%9F%99%82");
    }

    [Fact]
    public async Task The_place_of_a_private_event_can_be_resumed_from_and_its_id_is_not_told_to_who_does_not_know_it()
    {
        await using var hub = await StartAsync();
        await hub.PublishedAsync("topic=secret&id=private-id&private=on", Keyring.Publisher("*"));
        using var known = await hub.OpenAsync("match=a&last_event_id=private-id");
        known.HeaderOf(Header).ShouldBe("private-id");
        using var unknown = await hub.OpenAsync("match=a&last_event_id=unknown");
        unknown.HeaderOf(Header).ShouldBe("earliest");
        using var empty = await hub.OpenAsync("match=a&last_event_id=");
        empty.HeaderOf(Header).ShouldNotBe("private-id");
    }

    [Fact]
    public async Task What_was_trimmed_is_told_by_the_header()
    {
        await using var hub = await TestHub.StartAsync(Keyring.Open(o => (o.Hub.Retention, o.Hub.WindowBytes) = (new(2, null, null), 1 << 20)));
        await hub.PublishedAsync("topic=a&id=1", Keyring.Publisher("*"));
        for (var i = 0; i < 20; i++) await hub.PublishedAsync($"topic=a&id=more-{i}&data={new string('x', 200_000)}", Keyring.Publisher("*"));
        using var reader = await hub.OpenAsync("match=a&last_event_id=1");
        reader.HeaderOf(Header).ShouldBe("earliest");
    }

    [Fact]
    public async Task A_resume_asks_the_token_of_now()
    {
        await using var hub = await StartAsync();
        await hub.PublishedAsync("topic=secret&id=s&private=on", Keyring.Publisher("*"));
        await hub.PublishedAsync("topic=secret&id=t", Keyring.Publisher("*"));
        using var without = await hub.OpenAsync("match=secret&last_event_id=3");
        (await without.NextAsync()).ShouldStartWith("id: t\n");
        using var with = await hub.OpenAsync("match=secret&last_event_id=3", Keyring.Subscriber("secret"));
        (await with.NextAsync()).ShouldStartWith("id: s\n");
    }

    [Fact]
    public async Task More_than_a_thousand_events_are_replayed()
    {
        await using var hub = await StartAsync();
        for (var i = 0; i < 2_000; i += 500) await hub.Hub.PublishAsync([.. Enumerable.Range(i, 500).Select(n => new Siar.Hub.Event(Siar.Topics.Topic.Parse("many"), $"{n}"))]);
        using var reader = await hub.OpenAsync("match=many&last_event_id=earliest");
        for (var i = 0; i < 2_000; i++) (await reader.NextAsync()).ShouldEndWith($"data: {i}\n\n");
    }

    private static async Task<TestHub> StartAsync()
    {
        var hub = await TestHub.StartAsync(Keyring.Open());
        foreach (var (id, data) in new[] { (1, "a"), (2, "b"), (3, "c") }) await hub.PublishedAsync($"topic=a&id={id}&data={data}", Keyring.Publisher("*"));
        return hub;
    }
}
