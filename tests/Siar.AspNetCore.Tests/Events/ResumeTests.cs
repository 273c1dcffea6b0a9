using System.Net;
using System.Text;
using Microsoft.Extensions.Options;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Siar.Hub;

namespace Siar.AspNetCore.Tests.Events;

public sealed class ResumeTests
{
    [Theory]
    [InlineData("lastEventId")]
    [InlineData("last_event_id")]
    [InlineData("lastEventID")]
    public async Task A_reader_goes_on_after_the_cursor_in_the_query(string field)
    {
        await using var hub = await TestHub.StartAsync();
        var ids = await PublishAsync(hub, 3);

        using var reader = await EventStream.OpenAsync(hub.Client, $"/events/a?{field}={Uri.EscapeDataString(ids[0])}");

        (await reader.NextAsync()).ShouldBe(new ReceivedEvent("message", "1", ids[1]));
        (await reader.NextAsync()).ShouldBe(new ReceivedEvent("message", "2", ids[2]));
        (await reader.NextAsync()).Type.ShouldBe("siar.live");
    }

    [Fact]
    public async Task The_header_beats_the_query()
    {
        await using var hub = await TestHub.StartAsync();
        var ids = await PublishAsync(hub, 3);

        using var reader = await EventStream.OpenAsync(hub.Client, "/events/a?lastEventId=earliest", lastEventId: ids[1]);

        (await reader.NextAsync()).Data.ShouldBe("2");
    }

    [Theory]
    [InlineData("?lastEventId=earliest", null)]
    [InlineData("", "earliest")]
    public async Task Earliest_is_everything_that_is_kept(string query, string? header)
    {
        await using var hub = await TestHub.StartAsync();
        await PublishAsync(hub, 2);

        using var reader = await EventStream.OpenAsync(hub.Client, "/events/a" + query, header);

        (await reader.NextAsync()).Data.ShouldBe("0");
        (await reader.NextAsync()).Data.ShouldBe("1");
    }

    [Fact]
    public async Task An_empty_header_is_no_cursor()
    {
        await using var hub = await TestHub.StartAsync();
        await PublishAsync(hub, 1);

        using var reader = await hub.SubscribeAsync("/events/a?lastEventId=earliest", "Last-Event-ID: \r\n");

        (await reader.ReadThroughAsync("siar.live")).ShouldContain("data: 0\n");
    }

    [Theory]
    [InlineData("")]
    [InlineData(" \t")]
    public async Task A_reader_whose_id_was_lost_is_told_a_gap_where_it_takes_signals(string blank)
    {
        await using var hub = await TestHub.StartAsync();
        await PublishAsync(hub, 2);

        using var told = await hub.SubscribeAsync("/events/a", $"Last-Event-ID: {blank}\r\n");
        using var plain = await hub.SubscribeAsync("/events/a", $"Last-Event-ID: {blank}\r\n", signals: false);
        var received = await told.ReadThroughAsync("siar.live");
        await plain.ReadThroughAsync("retry: ");
        await hub.Hub.PublishAsync("a", "next");
        var live = await plain.ReadThroughAsync("next");

        received.ShouldContain("event: siar.gap\n");
        received.ShouldMatch("""data: {"requested":null,"oldest":"[^"]+","reason":"unknown-id"}""");
        received.ShouldContain("data: 0\n");
        received.ShouldContain("data: 1\n");
        live.ShouldNotContain("data: 1\n");
        live.ShouldNotContain("siar.gap");
    }

    [Fact]
    public async Task A_publishers_own_id_is_a_cursor_in_any_script()
    {
        await using var hub = await TestHub.StartAsync();
        await hub.Client.PostAsync($"/events/a?id={Uri.EscapeDataString("čeština 中文 🙂")}", new StringContent("first"));
        await hub.Client.PostAsync("/events/a", new StringContent("second"));

        var bytes = Encoding.Latin1.GetString(Encoding.UTF8.GetBytes("čeština 中文 🙂"));
        using var reader = await hub.SubscribeAsync("/events/a", $"Last-Event-ID: {bytes}\r\n");

        var received = await reader.ReadThroughAsync("siar.live");
        received.ShouldContain("data: second\n");
        received.ShouldNotContain("data: first");
        received.ShouldNotContain("siar.gap");
    }

    [Fact]
    public async Task A_server_that_reads_headers_as_Latin1_changes_no_cursor()
    {
        var setup = new TestHubSetup { Server = k => k.RequestHeaderEncodingSelector = _ => Encoding.Latin1 };
        await using var hub = await TestHub.StartAsync(setup);
        await hub.Client.PostAsync($"/events/a?id={Uri.EscapeDataString("Ã© é")}", new StringContent("first"));
        await hub.Client.PostAsync("/events/a", new StringContent("second"));

        var utf8 = Encoding.Latin1.GetString(Encoding.UTF8.GetBytes("Ã© é"));
        using var reader = await hub.SubscribeAsync("/events/a", $"Last-Event-ID: {utf8}\r\n");
        using var latin1 = await hub.SubscribeAsync("/events/a", "Last-Event-ID: Ã© é\r\n");

        (await reader.ReadThroughAsync("siar.live")).ShouldNotContain("siar.gap");
        (await latin1.ReadThroughAsync("siar.live")).ShouldNotContain("siar.gap");
    }

    [Fact]
    public async Task An_unknown_id_is_a_gap_that_is_told_and_reading_goes_on()
    {
        await using var hub = await TestHub.StartAsync();
        await PublishAsync(hub, 1);

        using var reader = await EventStream.OpenAsync(hub.Client, "/events/a?lastEventId=nobody%22s");

        var gap = await reader.NextAsync();
        gap.Type.ShouldBe("siar.gap");
        gap.Id.ShouldStartWith("#");
        gap.Data.ShouldBe($$"""{"requested":"nobody\"s","oldest":"{{gap.Id}}","reason":"unknown-id"}""");
    }

    [Fact]
    public async Task An_id_of_another_life_of_the_log_is_a_gap_with_its_own_reason()
    {
        await using var hub = await TestHub.StartAsync();
        await PublishAsync(hub, 1);

        using var reader = await EventStream.OpenAsync(hub.Client, "/events/a", "#aaaaaaaa.7");

        (await reader.NextAsync()).Data.ShouldContain("\"reason\":\"other-epoch\"");
    }

    [Fact]
    public async Task What_was_trimmed_is_a_gap_from_the_oldest_kept()
    {
        await using var hub = await TestHub.StartAsync(o =>
        {
            o.Hub.Retention = new RetentionLimits(2, null, null);
            o.Hub.WindowBytes = 1 << 20;
        });
        var ids = await PublishAsync(hub, 3_000, size: 1_000);

        using var reader = await EventStream.OpenAsync(hub.Client, "/events/a", ids[0]);

        var gap = await reader.NextAsync();
        gap.Data.ShouldStartWith($$"""{"requested":"{{ids[0]}}","oldest":"{{gap.Id}}","reason":"trimmed"}""");
        var next = await reader.NextAsync();
        var at = Array.IndexOf(ids, next.Id);
        at.ShouldBeGreaterThan(1);
        for (var i = at + 1; i < ids.Length; i++) (await reader.NextAsync()).Id.ShouldBe(ids[i]);
    }

    [Fact]
    public async Task A_stream_moves_its_readers_cursor_at_the_start()
    {
        await using var hub = await TestHub.StartAsync();
        var ids = await PublishAsync(hub, 2, topic: "other");

        using var reader = await EventStream.OpenLiveAsync(hub.Client, "/events/a");

        reader.LastEventId.ShouldBe(ids[1]);
    }

    [Theory]
    [InlineData("lastEventId=a%00b")]
    [InlineData("lastEventId=a%0Ab")]
    [InlineData("lastEventId=a&last_event_id=b")]
    [InlineData("lastEventId=a&lastEventId=a")]
    public async Task A_cursor_that_can_be_none_is_refused(string query)
    {
        await using var hub = await TestHub.StartAsync();

        var answer = await hub.Client.GetAsync("/events/a?" + query);

        answer.StatusCode.ShouldBe(HttpStatusCode.BadRequest);
        (await answer.Content.ReadAsStringAsync()).ShouldEndWith(".\n");
    }

    [Fact]
    public void A_server_without_Kestrel_needs_no_encoding()
    {
        var context = new DefaultHttpContext();
        context.Request.Headers["Last-Event-ID"] = "é";
        var fields = RequestFields.OfQuery(context.Request);

        var cursor = new CursorInput(Options.Create(new KestrelServerOptions())).ReadPlain(context.Request, fields, takesSignals: false);

        fields.Refusal.ShouldBeNull();
        cursor.Id.Value.ShouldBe("é");
    }

    [Fact]
    public void A_query_begins_after_its_first_question_mark()
    {
        var context = new DefaultHttpContext();
        context.Request.QueryString = new QueryString("??topic=a&topic=b");
        var query = RequestFields.OfQuery(context.Request);
        query.Refusal.ShouldBeNull();
        query.All("topic").ShouldBe(["b"]);
        query.All("?topic").ShouldBe(["a"]);
    }

    private static async Task<string[]> PublishAsync(TestHub hub, int count, string topic = "a", int size = 0)
    {
        var padding = new string('x', size);
        var ids = new string[count];
        for (var i = 0; i < count; i++) ids[i] = (await hub.Hub.PublishAsync(topic, i + padding)).Id.Value;
        return ids;
    }
}
