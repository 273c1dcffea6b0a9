using System.Net;
using System.Text.Json;
using Siar.Hub;
using Siar.Topics;

namespace Siar.AspNetCore.Tests.Events;

public sealed class PreludeTests
{
    [Fact]
    public async Task A_stream_begins_with_the_newest_of_each_topic()
    {
        await using var hub = await StartAsync();
        using var reader = await EventStream.OpenAsync(hub.Client, "/events?topic=a&topic=b&last=1");
        (await NextAsync(reader, 3)).ShouldBe(["b2", "a3", "siar.live"]);
    }

    [Fact]
    public async Task A_stream_begins_with_the_newest_of_each_key_and_goes_on_live()
    {
        await using var hub = await StartAsync();
        using var reader = await EventStream.OpenAsync(hub.Client, "/events/*?snapshot=on");
        (await NextAsync(reader, 4)).ShouldBe(["b1", "a2", "b2", "siar.live"]);
        await hub.Client.PostAsync("/events/a?key=x", new StringContent("a4"));
        (await NextAsync(reader, 1)).ShouldBe(["a4"]);
    }

    [Theory]
    [InlineData("/events/a?last=1")]
    [InlineData("/events/a?snapshot")]
    public async Task A_reader_that_comes_back_goes_on_where_it_was(string path)
    {
        await using var hub = await StartAsync();
        using var reader = await EventStream.OpenAsync(hub.Client, path, "first");
        (await NextAsync(reader, 3)).ShouldBe(["a2", "a3", "siar.live"]);
    }

    [Fact]
    public async Task A_page_begins_so_too_and_tells_the_key()
    {
        await using var hub = await StartAsync();
        using var request = new HttpRequestMessage(HttpMethod.Get, "/events/a?snapshot=on");
        request.Headers.Add("Accept", "application/json");
        using var answer = await hub.Client.SendAsync(request);
        using var page = JsonDocument.Parse(await answer.Content.ReadAsStringAsync());
        var only = page.RootElement.GetProperty("events").EnumerateArray().ShouldHaveSingleItem();
        only.GetProperty("data").GetString().ShouldBe("a2");
        only.GetProperty("key").GetString().ShouldBe("x");
        page.RootElement.GetProperty("cursor").GetString().ShouldEndWith(".5");
    }

    [Theory]
    [InlineData("last=0", HttpStatusCode.BadRequest)]
    [InlineData("last=-1", HttpStatusCode.BadRequest)]
    [InlineData("last=many", HttpStatusCode.BadRequest)]
    [InlineData("last=1&last=2", HttpStatusCode.BadRequest)]
    [InlineData("last=1&snapshot", HttpStatusCode.BadRequest)]
    [InlineData("snapshot=perhaps", HttpStatusCode.BadRequest)]
    [InlineData("last=1001", HttpStatusCode.RequestEntityTooLarge)]
    public async Task What_cannot_be_read_is_refused(string query, HttpStatusCode status)
    {
        await using var hub = await TestHub.StartAsync();
        using var answer = await hub.Client.GetAsync($"/events/a?{query}");
        answer.StatusCode.ShouldBe(status);
    }

    [Fact]
    public async Task A_reader_in_the_same_process_begins_so_too()
    {
        await using var hub = await StartAsync();
        var texts = new List<string>();
        var request = new SubscribeRequest { Matchers = MatcherSet.All, Snapshot = true };
        await foreach (var delivery in hub.Hub.SubscribeAsync(request, TestContext.Current.CancellationToken))
        {
            if (delivery is not Delivery.Published { Logged: var logged }) break;
            texts.Add(logged.Content.GetText());
        }

        texts.ShouldBe(["b1", "a2", "b2"]);
    }

    private static async Task<TestHub> StartAsync()
    {
        var hub = await TestHub.StartAsync();
        await PublishAsync("a", "a1", "x", "first");
        await PublishAsync("b", "b1", "x", "");
        await PublishAsync("a", "a2", "x", "");
        await PublishAsync("b", "b2", "y", "");
        await hub.Client.PostAsync("/events/a", new StringContent("a3"));
        return hub;

        Task PublishAsync(string topic, string text, string key, string id) =>
            hub.Client.PostAsync($"/events/{topic}?key={key}{(id.Length > 0 ? $"&id={id}" : "")}", new StringContent(text));
    }

    private static async Task<List<string>> NextAsync(EventStream reader, int count)
    {
        var texts = new List<string>();
        for (var i = 0; i < count; i++)
        {
            var next = await reader.NextAsync();
            texts.Add(next.Type == "message" ? next.Data : next.Type);
        }

        return texts;
    }
}
