using System.Net;

namespace Siar.AspNetCore.Tests.Streaming;

public sealed class RefusalTests
{
    [Fact]
    public async Task An_EventSource_over_a_limit_is_told_to_come_back_and_not_killed()
    {
        await using var hub = await TestHub.StartAsync(o => o.Limits.ConnectionsPerAddress = 1);
        using var first = await EventStream.OpenLiveAsync(hub.Client, "/events/a");

        using var second = await hub.SubscribeAsync("/events/a");

        var answer = await second.ReadToEndAsync();
        answer.ShouldStartWith("HTTP/1.1 200 OK\r\n");
        answer.ShouldContain("Connection: close\r\n");
        answer.ShouldContain("Content-Type: text/event-stream\r\n");
        answer.ShouldMatch(":\nretry: [0-9]+\n\r\n0\r\n\r\n$");
    }

    [Theory]
    [InlineData("/events/a?refusal=status", "text/event-stream")]
    [InlineData("/events/a", "application/x-ndjson")]
    [InlineData("/events/a", "application/json")]
    public async Task Other_readers_get_a_status_and_a_time_to_come_back(string path, string accept)
    {
        await using var hub = await TestHub.StartAsync(o => o.Limits.ConnectionsPerAddress = 1);
        using var first = await EventStream.OpenLiveAsync(hub.Client, "/events/a");

        using var request = new HttpRequestMessage(HttpMethod.Get, path) { Headers = { { "Accept", accept } } };
        using var answer = await hub.Client.SendAsync(request);

        answer.StatusCode.ShouldBe(HttpStatusCode.TooManyRequests);
        answer.Headers.RetryAfter!.Delta!.Value.TotalSeconds.ShouldBeInRange(1, 3);
        (await answer.Content.ReadAsStringAsync()).ShouldStartWith("Your address has as many streams");
    }

    [Fact]
    public async Task A_hub_that_is_full_says_503_to_whoever_asks_for_statuses()
    {
        await using var hub = await TestHub.StartAsync(o => o.Limits.Connections = 1);
        using var first = await EventStream.OpenLiveAsync(hub.Client, "/events/a");

        var answer = await hub.Client.GetAsync("/events/a?refusal=status");

        answer.StatusCode.ShouldBe(HttpStatusCode.ServiceUnavailable);
        answer.Headers.RetryAfter.ShouldNotBeNull();
    }

    [Fact]
    public async Task Callers_of_one_name_share_its_limit()
    {
        await using var hub = await TestHub.StartAsync(new TestHubSetup
        {
            Options = o => o.Limits.ConnectionsPerToken = 1,
            Siar = s => s.UseAuthorizer(c => ValueTask.FromResult<SiarAccess?>(SiarAccess.ReadPublic with { Name = c.Request.Headers["X-Name"] })),
        });
        hub.Client.DefaultRequestHeaders.Add("X-Name", "ann");
        using var first = await EventStream.OpenLiveAsync(hub.Client, "/events/a");

        (await hub.Client.GetAsync("/events/a?refusal=status")).StatusCode.ShouldBe(HttpStatusCode.TooManyRequests);
        hub.Client.DefaultRequestHeaders.Remove("X-Name");
        hub.Client.DefaultRequestHeaders.Add("X-Name", "bob");
        using var other = await EventStream.OpenLiveAsync(hub.Client, "/events/a");
    }

    [Fact]
    public async Task A_place_is_free_again_when_its_reader_has_gone()
    {
        await using var hub = await TestHub.StartAsync(o => o.Limits.ConnectionsPerAddress = 1);
        using (await EventStream.OpenLiveAsync(hub.Client, "/events/a"))
        {
        }

        // The server sees the closed connection in its own time.
        while (true)
        {
            using var next = await EventStream.OpenAsync(hub.Client, "/events/a?refusal=status");
            if (next.Response.StatusCode is HttpStatusCode.TooManyRequests) continue;
            (await next.NextAsync()).Type.ShouldBe("siar.live");
            return;
        }
    }

    [Fact]
    public async Task Too_many_patterns_in_the_hub_are_a_refusal_to_come_back_from()
    {
        await using var hub = await TestHub.StartAsync(o => o.Limits.Patterns = 1);
        using var first = await EventStream.OpenLiveAsync(hub.Client, "/events?template=%2Fa%2F%7Bb%7D");
        using var same = await EventStream.OpenLiveAsync(hub.Client, "/events?template=%2Fa%2F%7Bb%7D");

        using var second = await EventStream.OpenAsync(hub.Client, "/events?template=%2Fb%2F%7Bb%7D");
        (await second.ReadToEndAsync()).ShouldBeEmpty();
        second.Retries.Count.ShouldBe(1);
        (await hub.Client.GetAsync("/events?template=%2Fb%2F%7Bb%7D&refusal=status")).StatusCode.ShouldBe(HttpStatusCode.ServiceUnavailable);
    }

    [Fact]
    public async Task Too_many_patterns_in_one_request_are_its_own_fault()
    {
        await using var hub = await TestHub.StartAsync(o => o.Limits.PatternsPerConnection = 1);

        var answer = await hub.Client.GetAsync("/events?template=%2Fa%2F%7Bb%7D&template=%2Fb%2F%7Bb%7D");

        answer.StatusCode.ShouldBe(HttpStatusCode.RequestEntityTooLarge);
    }
}
