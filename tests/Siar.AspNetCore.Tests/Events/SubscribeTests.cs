using System.Net;
using Siar.Hub;

namespace Siar.AspNetCore.Tests.Events;

public sealed class SubscribeTests
{
    [Theory]
    [InlineData("/events/a", "a")]
    [InlineData("/events?topic=a", "a")]
    [InlineData("/events/?topic=a", "a")]
    [InlineData("/events?topic=x&topic=a", "a")]
    [InlineData("/events/x?topic=a", "a")]
    [InlineData("/events?topic=*", "anything at all")]
    [InlineData("/events/*", "anything at all")]
    [InlineData("/events?template=%2Fprices%2F%7Bname%7D", "/prices/gold")]
    [InlineData("/events?pattern=https%3A%2F%2Fexample.com%2F%3Aa%2Fx", "https://example.com/1/x")]
    [InlineData("/events?pattern=%2Fprices%2F%3Aname", "/prices/gold")]
    [InlineData("/events?pattern=*", "gold")]
    public async Task A_reader_gets_what_it_names_and_nothing_else(string path, string topic)
    {
        await using var hub = await TestHub.StartAsync();
        using var reader = await EventStream.OpenLiveAsync(hub.Client, path);

        if (!path.Contains('*')) await hub.Hub.PublishAsync("another", "no");
        await hub.Hub.PublishAsync(topic, "yes");

        (await reader.NextAsync()).Data.ShouldBe("yes");
    }

    [Theory]
    [InlineData("/events", "names no topic")]
    [InlineData("/events/", "names no topic")]
    [InlineData("/events?topic=", "empty")]
    [InlineData("/events?topic=a%0Ab", "control character U+000A")]
    [InlineData("/events?topic=a%E2%80%8Bb", "invisible character U+200B")]
    [InlineData("/events?topic=a%FF", "UTF-8")]
    [InlineData("/events?pattern=%7B%7B", "")]
    [InlineData("/events?template=%7B%7B", "")]
    public async Task A_request_that_cannot_be_meant_is_refused_with_a_sentence(string path, string sentence)
    {
        await using var hub = await TestHub.StartAsync();

        using var answer = await hub.Client.GetAsync(path);

        answer.StatusCode.ShouldBe(HttpStatusCode.BadRequest);
        answer.Content.Headers.ContentType!.ToString().ShouldBe("text/plain; charset=utf-8");
        (await answer.Content.ReadAsStringAsync()).ShouldContain(sentence);
    }

    [Fact]
    public async Task Topics_and_patterns_have_limits()
    {
        await using var hub = await TestHub.StartAsync(o => (o.Limits.TopicsPerRequest, o.Limits.TopicBytes, o.Limits.PatternBytes) = (2, 10, 10));

        (await hub.Client.GetAsync("/events?topic=a&topic=b&topic=c")).StatusCode.ShouldBe(HttpStatusCode.RequestEntityTooLarge);
        (await hub.Client.GetAsync("/events?topic=12345678901")).StatusCode.ShouldBe(HttpStatusCode.RequestEntityTooLarge);
        (await hub.Client.GetAsync("/events?template=%7B12345678901%7D")).StatusCode.ShouldBe(HttpStatusCode.BadRequest);
    }

    [Fact]
    public async Task What_nothing_of_can_be_accepted_is_refused()
    {
        await using var hub = await TestHub.StartAsync();
        using var request = new HttpRequestMessage(HttpMethod.Get, "/events/a") { Headers = { { "Accept", "text/html" } } };

        using var answer = await hub.Client.SendAsync(request);

        answer.StatusCode.ShouldBe(HttpStatusCode.NotAcceptable);
    }

    [Fact]
    public async Task Another_method_is_not_allowed()
    {
        await using var hub = await TestHub.StartAsync();

        (await hub.Client.DeleteAsync("/events/a")).StatusCode.ShouldBe(HttpStatusCode.MethodNotAllowed);
    }
}
