using System.Net;
using Siar.Hub;

namespace Siar.AspNetCore.Tests.Events;

/// <summary><c>HEAD</c> is answered as <c>GET</c>, without a body, and ends at once.</summary>
public sealed class HeadTests
{
    [Theory]
    [InlineData("/events/a", "text/event-stream")]
    [InlineData("/events/a", "application/x-ndjson")]
    [InlineData("/events/a?lastEventId=earliest", "application/json")]
    [InlineData("/events/a?wait=60", "application/json")]
    [InlineData("/events?topic=a&topic=b", "text/event-stream")]
    [InlineData("/mapped", "text/event-stream")]
    public async Task The_head_is_that_of_a_GET(string path, string accept)
    {
        await using var hub = await TestHub.StartAsync(new TestHubSetup { Endpoints = a => a.MapEvents("/mapped", "a") });
        if (!path.Contains("wait", StringComparison.Ordinal)) await hub.Hub.PublishAsync("a", "x");
        using var connection = await hub.ConnectAsync();

        // The second request on the connection shows that the first is over, and that nothing of a body came.
        for (var i = 0; i < 2; i++)
        {
            await connection.SendAsync($"HEAD {path} HTTP/1.1\r\nHost: localhost\r\nAccept: {accept}\r\n\r\n");
            var head = await connection.ReadThroughAsync("\r\n\r\n");
            head.ShouldStartWith("HTTP/1.1 200 ");
            head.ShouldContain($"Content-Type: {accept}\r\n");
            connection.Received.ShouldBeEmpty();
        }

        hub.Core.Subscribers.ShouldBe(0);
    }

    [Fact]
    public async Task It_takes_no_place_that_it_does_not_give_back()
    {
        await using var hub = await TestHub.StartAsync(o => o.Limits.ConnectionsPerAddress = 1);
        for (var i = 0; i < 3; i++)
        {
            using var request = new HttpRequestMessage(HttpMethod.Head, "/events/a?refusal=status");
            using var answer = await hub.Client.SendAsync(request);
            answer.StatusCode.ShouldBe(HttpStatusCode.OK);
        }
    }

    [Fact]
    public async Task What_is_refused_is_refused_and_the_preflight_names_it()
    {
        await using var hub = await TestHub.StartAsync(Keyring.Setup());
        using var head = await hub.Client.SendAsync(new HttpRequestMessage(HttpMethod.Head, "/events/a"));
        head.StatusCode.ShouldBe(HttpStatusCode.Unauthorized);
        using var options = await hub.Client.SendAsync(new HttpRequestMessage(HttpMethod.Options, "/events/a"));
        options.Content.Headers.Allow.ShouldContain("HEAD");
    }
}
