using System.Net;
using System.Text.Json;
using Siar.Hub;
using Siar.TestKit;

namespace Siar.AspNetCore.Tests.Streaming;

public sealed class PageTests
{
    [Fact]
    public async Task Pages_follow_one_another_by_their_cursors()
    {
        await using var hub = await TestHub.StartAsync();
        for (var i = 0; i < 5; i++) await hub.Hub.PublishAsync("a", $"{i}");
        await hub.Hub.PublishAsync("b", "other");

        var cursor = "earliest";
        var pages = new List<string>();
        for (var i = 0; i < 4; i++)
        {
            using var page = await GetPageAsync(hub, $"/events/a?limit=2&lastEventId={Uri.EscapeDataString(cursor)}");
            pages.Add(string.Join(',', Data(page)));
            cursor = page.RootElement.GetProperty("cursor").GetString()!;
        }

        pages.ShouldBe(["0,1", "2,3", "4", ""]);
    }

    [Fact]
    public async Task Without_a_cursor_a_page_is_empty_and_says_where_to_go_on()
    {
        await using var hub = await TestHub.StartAsync();
        await hub.Hub.PublishAsync("a", "before");
        using var first = await GetPageAsync(hub, "/events/a");
        Data(first).ShouldBeEmpty();
        await hub.Hub.PublishAsync("a", "after");

        using var second = await GetPageAsync(hub, $"/events/a?lastEventId={Uri.EscapeDataString(first.RootElement.GetProperty("cursor").GetString()!)}");

        Data(second).ShouldBe(["after"]);
        second.RootElement.TryGetProperty("gap", out _).ShouldBeFalse();
    }

    [Fact]
    public async Task A_gap_stands_on_its_page()
    {
        await using var hub = await TestHub.StartAsync();
        await hub.Hub.PublishAsync("a", "x");

        using var page = await GetPageAsync(hub, "/events/a?lastEventId=gone");

        var gap = page.RootElement.GetProperty("gap");
        gap.GetProperty("requested").GetString().ShouldBe("gone");
        gap.GetProperty("reason").GetString().ShouldBe("unknown-id");
    }

    [Fact]
    public async Task A_page_is_bounded_by_bytes_too()
    {
        await using var hub = await TestHub.StartAsync(o => o.PageBytes = 1 << 10);
        for (var i = 0; i < 3; i++) await hub.Hub.PublishAsync("a", $"{i}{new string('x', 500)}");

        using var page = await GetPageAsync(hub, "/events/a?lastEventId=earliest");

        Data(page).Length.ShouldBe(2);
    }

    [Fact]
    public async Task A_complete_page_after_an_id_of_the_hub_may_be_cached_and_is_not_sent_twice()
    {
        await using var hub = await TestHub.StartAsync();
        var first = await hub.Hub.PublishAsync("a", "0");
        await hub.Hub.PublishAsync("a", "1");
        var path = $"/events/a?limit=1&lastEventId={Uri.EscapeDataString(first.Id.Value)}";

        using var answer = await GetAsync(hub, path);
        answer.Headers.CacheControl!.MaxAge.ShouldBe(TimeSpan.FromHours(1));
        answer.Headers.CacheControl.Private.ShouldBeTrue();
        answer.Headers.Vary.ShouldContain("Last-Event-ID");
        await hub.Hub.PublishAsync("a", "2");

        using var again = await GetAsync(hub, path, ifNoneMatch: answer.Headers.ETag!.Tag);
        again.StatusCode.ShouldBe(HttpStatusCode.NotModified);
        (await again.Content.ReadAsByteArrayAsync()).ShouldBeEmpty();
        again.Headers.ETag!.Tag.ShouldBe(answer.Headers.ETag.Tag);

        using var other = await GetAsync(hub, path, ifNoneMatch: "\"another\"");
        other.StatusCode.ShouldBe(HttpStatusCode.OK);
        (await other.Content.ReadAsByteArrayAsync()).ShouldBe(await answer.Content.ReadAsByteArrayAsync());
    }

    [Theory]
    [InlineData("limit=5&lastEventId=earliest")]
    [InlineData("limit=1&lastEventId=earliest")]
    [InlineData("limit=1&lastEventId=gone")]
    public async Task Any_other_page_is_not_stored(string query)
    {
        await using var hub = await TestHub.StartAsync();
        await hub.Hub.PublishAsync("a", "0");
        await hub.Hub.PublishAsync("a", "1");

        using var answer = await GetAsync(hub, "/events/a?" + query);

        answer.Headers.CacheControl!.NoStore.ShouldBeTrue();
        answer.Headers.ETag.ShouldBeNull();
    }

    [Fact]
    public async Task A_public_page_may_be_kept_by_shared_caches()
    {
        await using var hub = await TestHub.StartAsync(new TestHubSetup { Environment = "Production", Siar = s => s.AllowAnonymousReaders("*") });
        var first = await hub.Hub.PublishAsync("a", "0");
        await hub.Hub.PublishAsync("a", "1");

        using var answer = await GetAsync(hub, $"/events/a?limit=1&lastEventId={Uri.EscapeDataString(first.Id.Value)}");

        answer.Headers.CacheControl!.Private.ShouldBeFalse();
        answer.Headers.CacheControl.MaxAge.ShouldNotBeNull();
    }

    [Fact]
    public async Task A_long_poll_answers_with_the_first_event()
    {
        // The clock stands still: the wait alone would never end.
        await using var hub = await TestHub.StartAsync(new TestHubSetup { Services = s => s.AddSingleton<TimeProvider>(new ManualTimeProvider()) });
        var poll = GetPageAsync(hub, "/events/a?wait=60");
        while (hub.Core.Subscribers == 0) await Task.Yield();

        await hub.Hub.PublishAsync("b", "other");
        await hub.Hub.PublishAsync("a", "first");

        using var page = await poll;
        Data(page).ShouldBe(["first"]);
    }

    [Fact]
    public async Task A_long_poll_ends_empty_when_its_time_is_over()
    {
        var time = new ManualTimeProvider();
        await using var hub = await TestHub.StartAsync(new TestHubSetup { Services = s => s.AddSingleton<TimeProvider>(time) });
        var poll = GetPageAsync(hub, "/events/a?wait=60");
        // A connection that is silent for so long would be cut.
        while (hub.Core.Subscribers == 0) await Task.Yield();
        while (!poll.IsCompleted)
        {
            time.Advance(TimeSpan.FromSeconds(1));
            await Task.Yield();
        }

        using var page = await poll;
        Data(page).ShouldBeEmpty();
        page.RootElement.GetProperty("cursor").GetString().ShouldStartWith("#");
    }

    [Fact]
    public async Task A_long_poll_does_not_wait_when_there_is_something()
    {
        await using var hub = await TestHub.StartAsync();
        await hub.Hub.PublishAsync("a", "x");

        using var page = await GetPageAsync(hub, "/events/a?wait=60&lastEventId=earliest");

        Data(page).ShouldBe(["x"]);
    }

    [Theory]
    [InlineData("limit=0")]
    [InlineData("limit=-1")]
    [InlineData("limit=x")]
    [InlineData("limit=")]
    [InlineData("wait=1.5")]
    [InlineData("limit=1&limit=1")]
    public async Task Numbers_that_are_none_are_refused(string query)
    {
        await using var hub = await TestHub.StartAsync();

        using var answer = await GetAsync(hub, "/events/a?" + query);

        answer.StatusCode.ShouldBe(HttpStatusCode.BadRequest);
    }

    [Fact]
    public async Task Numbers_that_are_too_large_are_lowered()
    {
        await using var hub = await TestHub.StartAsync(o => (o.PageEvents, o.MaxPageEvents) = (1, 2));
        for (var i = 0; i < 3; i++) await hub.Hub.PublishAsync("a", $"{i}");

        using var page = await GetPageAsync(hub, "/events/a?lastEventId=earliest&limit=99999999999999999999999");

        Data(page).ShouldBe(["0", "1"]);
    }

    [Fact]
    public void A_gap_behind_events_is_left_to_the_next_page()
    {
        var page = new PageOutlet(10, 1_000, waits: false);
        var epoch = Epoch.New();
        var logged = new LoggedEvent(5, epoch, DateTimeOffset.UnixEpoch, new Event(Siar.Topics.Topic.Parse("a"), "x"));
        page.Write([new Frame(FrameBlock.FromPage(0, new LogPage([logged], 5, TrimState.Nothing)), 0)]).State.ShouldBe(OutletState.Ready);

        page.WriteGap(new Gap(default, HubEventId.Create(epoch, 9), GapReason.Trimmed)).ShouldBe(OutletState.Full);

        page.Gap.ShouldBeNull();
        page.IsCutShort.ShouldBeTrue();
        page.IsComplete.ShouldBeFalse();
    }

    private static async Task<HttpResponseMessage> GetAsync(TestHub hub, string path, string? ifNoneMatch = null)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, path) { Headers = { { "Accept", "application/json" } } };
        if (ifNoneMatch is not null) request.Headers.Add("If-None-Match", ifNoneMatch);
        return await hub.Client.SendAsync(request);
    }

    private static async Task<JsonDocument> GetPageAsync(TestHub hub, string path)
    {
        using var answer = await GetAsync(hub, path);
        answer.Content.Headers.ContentType!.ToString().ShouldBe("application/json");
        return JsonDocument.Parse(await answer.Content.ReadAsStringAsync());
    }

    private static string[] Data(JsonDocument page) =>
        [.. page.RootElement.GetProperty("events").EnumerateArray().Select(e => e.GetProperty("data").GetString()!)];
}
