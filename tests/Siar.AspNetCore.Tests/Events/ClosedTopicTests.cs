using System.Net;
using System.Text.Json;
using Siar.Hub;
using Siar.Topics;

namespace Siar.AspNetCore.Tests.Events;

public sealed class ClosedTopicTests
{
    [Fact]
    public async Task A_stream_ends_after_the_signal_and_does_not_begin_again()
    {
        await using var hub = await TestHub.StartAsync();
        using var reader = await EventStream.OpenLiveAsync(hub.Client, "/events/a");
        await hub.Client.PostAsync("/events/a", new StringContent("x"));
        using var closed = await hub.Client.PostAsync("/events/a?close", null);
        closed.StatusCode.ShouldBe(HttpStatusCode.OK);

        var events = await reader.ReadToEndAsync();
        events.Select(e => (e.Type, e.Data)).ShouldBe([("message", "x"), ("siar.closed", """{"topic":"a"}""")]);
        using var again = await EventStream.OpenAsync(hub.Client, "/events/a", events[^1].Id);
        again.Response.StatusCode.ShouldBe(HttpStatusCode.NoContent);

        using var behind = await EventStream.OpenAsync(hub.Client, "/events/a", events[0].Id);
        (await behind.ReadToEndAsync()).Select(e => e.Type).ShouldBe(["siar.closed", "siar.live"]);
    }

    [Fact]
    public async Task A_reader_that_comes_too_late_is_told_once()
    {
        await using var hub = await TestHub.StartAsync();
        await hub.Client.PostAsync("/events/a?close", null);
        using var reader = await EventStream.OpenAsync(hub.Client, "/events/a");
        var events = await reader.ReadToEndAsync();
        events.Select(e => e.Type).ShouldBe(["siar.closed", "siar.live"]);
        using var again = await EventStream.OpenAsync(hub.Client, "/events/a", reader.LastEventId);
        again.Response.StatusCode.ShouldBe(HttpStatusCode.NoContent);
    }

    [Fact]
    public async Task Publishing_on_a_closed_topic_is_409_and_closing_it_again_is_not()
    {
        await using var hub = await TestHub.StartAsync();
        using var first = await hub.Client.PostAsync("/events/a?close", null);
        using var again = await hub.Client.PostAsync("/events/a?close", null);
        using var event1 = await hub.Client.PostAsync("/events/a", new StringContent("x"));
        using var alternate = await hub.Client.PostAsync("/events/b?topic=a", new StringContent("x"));

        (await again.Content.ReadAsStringAsync()).ShouldBe(await first.Content.ReadAsStringAsync());
        event1.StatusCode.ShouldBe(HttpStatusCode.Conflict);
        alternate.StatusCode.ShouldBe(HttpStatusCode.Conflict);
        hub.Core.Log.Head.ShouldBe(1);
    }

    [Fact]
    public async Task With_a_body_the_event_is_the_topics_last()
    {
        await using var hub = await TestHub.StartAsync();
        using var reader = await EventStream.OpenLiveAsync(hub.Client, "/events/a");
        using var answer = await hub.Client.PostAsync("/events/a?close&type=done&id=last", new StringContent("x"));
        (await answer.Content.ReadAsStringAsync()).ShouldBe("""{"id":"last"}""");
        (await reader.ReadToEndAsync()).Select(e => e.Type).ShouldBe(["done", "siar.closed"]);
    }

    [Theory]
    [InlineData("/events/a?close&topic=b")]
    [InlineData("/events/a?close&id=i")]
    [InlineData("/events/a?close&type=t")]
    [InlineData("/events/a?close=perhaps")]
    public async Task A_closing_without_a_body_is_nothing_else(string path)
    {
        await using var hub = await TestHub.StartAsync();
        (await hub.Client.PostAsync(path, null)).StatusCode.ShouldBe(HttpStatusCode.BadRequest);
    }

    [Fact]
    public async Task Closing_needs_the_right_to_publish()
    {
        await using var hub = await TestHub.StartAsync(new TestHubSetup { Siar = s => s.UseAuthorizer(_ => ValueTask.FromResult<SiarAccess?>(SiarAccess.ReadPublic)) });
        (await hub.Client.PostAsync("/events/a?close", null)).StatusCode.ShouldBe(HttpStatusCode.Forbidden);
        hub.Core.Log.FindClosing(Topic.Parse("a")).ShouldBeNull();
    }

    [Fact]
    public async Task Lines_and_pages_tell_it_too()
    {
        await using var hub = await TestHub.StartAsync();
        await hub.Hub.PublishAsync("a", "x");
        await hub.Hub.CloseAsync("a");
        await hub.Hub.PublishAsync("b", "y");

        var lines = (await GetAsync(hub, "/events/a?lastEventId=earliest&signals=on", "application/x-ndjson")).Split('\n', StringSplitOptions.RemoveEmptyEntries);
        using var closed = JsonDocument.Parse(lines[1]);
        closed.RootElement.GetProperty("signal").GetString().ShouldBe("closed");
        closed.RootElement.GetProperty("topic").GetString().ShouldBe("a");
        closed.RootElement.GetProperty("id").GetString().ShouldEndWith(".2");

        (await ClosedAsync(hub, "/events/a?lastEventId=earliest")).ShouldBe(["a"]);
        (await ClosedAsync(hub, "/events/a?wait=60")).ShouldBe(["a"]);
        (await ClosedAsync(hub, "/events/*?lastEventId=earliest")).ShouldBe(["a"]);
        (await ClosedAsync(hub, "/events/b?lastEventId=earliest")).ShouldBeEmpty();
        (await ClosedAsync(hub, "/events/a?lastEventId=earliest&limit=1")).ShouldBeEmpty();
    }

    [Fact]
    public async Task A_reader_in_the_same_process_is_told_and_comes_to_an_end()
    {
        await using var hub = await TestHub.StartAsync();
        await hub.Hub.PublishAsync("a", "x");
        await hub.Hub.CloseAsync("a");
        var deliveries = new List<Delivery>();
        var request = new SubscribeRequest { Matchers = MatcherSet.OfTopics(Topic.Parse("a")), Start = Cursor.Earliest };
        await foreach (var delivery in hub.Hub.SubscribeAsync(request, TestContext.Current.CancellationToken)) deliveries.Add(delivery);

        deliveries.Select(d => d.GetType()).ShouldBe([typeof(Delivery.Published), typeof(Delivery.Closed), typeof(Delivery.Live)]);
        await Should.ThrowAsync<PublishRefusedException>(async () => await hub.Hub.PublishAsync("a", "y"));
    }

    private static async Task<string> GetAsync(TestHub hub, string path, string accept)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, path);
        request.Headers.TryAddWithoutValidation("Accept", accept);
        using var answer = await hub.Client.SendAsync(request);
        return await answer.Content.ReadAsStringAsync();
    }

    private static async Task<IEnumerable<string>> ClosedAsync(TestHub hub, string path)
    {
        using var page = JsonDocument.Parse(await GetAsync(hub, path, "application/json"));
        return page.RootElement.TryGetProperty("closed", out var closed) ? [.. closed.EnumerateArray().Select(t => t.GetString()!)] : [];
    }
}
