using System.Net;
using System.Text;

namespace Siar.AspNetCore.Tests.Mercure;

/// <summary>Subscribing: methods, parameters, limits (1.1, 1.2).</summary>
public sealed class SubscribeTests
{
    [Fact]
    public async Task A_subscriber_is_answered_as_the_vectors_say()
    {
        await using var hub = await TestHub.StartAsync(Keyring.Open());
        foreach (var each in MercureCase.Read("subscribe.json"))
        {
            using var connection = await hub.SubscribeAsync($"{MercureClient.Path}?{each.Query}", "Connection: close\r\n");
            var head = await connection.ReadThroughAsync("\r\n\r\n");
            head.ShouldStartWith($"HTTP/1.1 {each.Status} ", Case.Sensitive, each.Name);
            if (each.Answer is not null) (await connection.ReadToEndAsync()).ShouldContain(each.Answer, Case.Sensitive, each.Name);
        }
    }

    [Fact]
    public async Task There_may_be_a_hundred_matchers_of_4096_bytes()
    {
        await using var hub = await TestHub.StartAsync(Keyring.Open());
        foreach (var name in new[] { "match", "match_urlpattern" })
        {
            var most = string.Join('&', Enumerable.Range(0, 100).Select(i => $"{name}=/{i}"));
            (await hub.AskAsync($"{MercureClient.Path}?{most}")).StatusCode.ShouldBe(HttpStatusCode.OK);
            (await hub.AskAsync($"{MercureClient.Path}?{most}&{name}=x")).StatusCode.ShouldBe(HttpStatusCode.BadRequest);
            (await hub.AskAsync($"{MercureClient.Path}?{name}=/{new string('x', 4_095)}")).StatusCode.ShouldBe(HttpStatusCode.OK);
            (await hub.AskAsync($"{MercureClient.Path}?{name}=/{new string('x', 4_096)}")).StatusCode.ShouldBe(HttpStatusCode.BadRequest);
        }
    }

    [Fact]
    public async Task A_query_of_that_name_has_its_matchers_in_the_body_too()
    {
        await using var hub = await TestHub.StartAsync(Keyring.Open());
        var first = await hub.PublishedAsync("topic=b&data=1", Keyring.Publisher("*"));
        await hub.PublishedAsync("topic=b&data=2", Keyring.Publisher("*"));
        using var connection = await hub.ConnectAsync();
        var body = $"match=b&last_event_id={Uri.EscapeDataString(first)}";
        await connection.SendAsync($"QUERY {MercureClient.Path}?match=a HTTP/1.1\r\nHost: x\r\nContent-Type: application/x-www-form-urlencoded\r\nContent-Length: {body.Length}\r\n\r\n{body}");
        using var reader = await MercureReader.OpenAsync(connection);
        (await reader.NextAsync()).ShouldEndWith("data: 2\n\n");
        await hub.PublishedAsync("topic=a&data=3", Keyring.Publisher("*"));
        (await reader.NextAsync()).ShouldEndWith("data: 3\n\n");
    }

    [Theory]
    [InlineData(null, 400)]
    [InlineData("nonsense", 400)]
    [InlineData("text/plain", 415)]
    [InlineData("application/x-www-form-urlencoded", 200)]
    public async Task A_query_of_that_name_says_what_its_body_is(string? type, int status)
    {
        await using var hub = await TestHub.StartAsync(Keyring.Open());
        using var content = new ByteArrayContent("match=a"u8.ToArray());
        if (type is not null) content.Headers.TryAddWithoutValidation("Content-Type", type);
        using var request = new HttpRequestMessage(new HttpMethod("QUERY"), MercureClient.Path) { Content = content };
        ((int)(await hub.Client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead)).StatusCode).ShouldBe(status);
    }

    [Fact]
    public async Task A_body_that_is_too_long_is_refused()
    {
        await using var hub = await TestHub.StartAsync(Keyring.Open());
        using var request = new HttpRequestMessage(new HttpMethod("QUERY"), MercureClient.Path)
        {
            Content = new StringContent("match=" + new string('x', 5 << 20), Encoding.UTF8, "application/x-www-form-urlencoded"),
        };
        (await hub.Client.SendAsync(request)).StatusCode.ShouldBe(HttpStatusCode.RequestEntityTooLarge);
    }

    [Fact]
    public async Task The_head_opens_no_subscription()
    {
        await using var hub = await TestHub.StartAsync(Keyring.Open());
        using var answer = await hub.AskAsync(MercureClient.Path + "?match=a", method: HttpMethod.Head);
        answer.StatusCode.ShouldBe(HttpStatusCode.OK);
        answer.Content.Headers.ContentType!.ToString().ShouldBe("text/event-stream");
        (await hub.AskAsync(MercureClient.Path, method: HttpMethod.Head)).StatusCode.ShouldBe(HttpStatusCode.BadRequest);
        hub.Core.Subscribers.ShouldBe(0);
        hub.Core.Log.Head.ShouldBe(0);
    }

    [Theory]
    [InlineData("text/event-stream", 200)]
    [InlineData("*/*", 200)]
    [InlineData("text/*;q=0.1", 200)]
    [InlineData("nonsense", 200)]
    [InlineData("application/json", 406)]
    [InlineData("text/event-stream;q=0", 406)]
    [InlineData("*/*, text/event-stream;q=0", 406)]
    [InlineData("text/*;q=0, text/event-stream", 200)]
    public async Task A_subscriber_takes_a_stream_or_nothing(string accept, int status)
    {
        await using var hub = await TestHub.StartAsync(Keyring.Open());
        using var answer = await hub.AskAsync(MercureClient.Path + "?match=a", headers: [("Accept", accept)]);
        ((int)answer.StatusCode).ShouldBe(status);
    }

    [Fact]
    public async Task A_role_without_keys_has_no_method()
    {
        await using var readers = await TestHub.StartAsync(Keyring.Setup(t => t.Publish.Keys.Clear()));
        using var answer = await readers.PublishAsync("topic=a", Keyring.Publisher("a"));
        answer.StatusCode.ShouldBe(HttpStatusCode.MethodNotAllowed);
        answer.Content.Headers.Allow.ShouldContain("GET");
        await using var publishers = await TestHub.StartAsync(Keyring.Setup(t => t.Subscribe.Keys.Clear()));
        (await publishers.AskAsync(MercureClient.Path + "?match=a")).StatusCode.ShouldBe(HttpStatusCode.MethodNotAllowed);
        (await publishers.PublishAsync("topic=a", Keyring.Publisher("a"))).StatusCode.ShouldBe(HttpStatusCode.OK);
    }

    [Fact]
    public async Task What_is_not_there_is_not_found()
    {
        await using var hub = await TestHub.StartAsync(Keyring.Open());
        (await hub.AskAsync(MercureClient.Path + "/nothing")).StatusCode.ShouldBe(HttpStatusCode.NotFound);
        (await hub.AskAsync(MercureClient.Path, method: HttpMethod.Delete)).StatusCode.ShouldBe(HttpStatusCode.MethodNotAllowed);
    }

    [Fact]
    public async Task Who_is_turned_away_for_want_of_room_is_told_by_a_status()
    {
        await using var hub = await TestHub.StartAsync(Keyring.Open(o => o.Limits.ConnectionsPerAddress = 1));
        using var first = await hub.OpenAsync("match=a");
        using var answer = await hub.AskAsync(MercureClient.Path + "?match=a");
        answer.StatusCode.ShouldBe(HttpStatusCode.TooManyRequests);
        answer.Headers.RetryAfter.ShouldNotBeNull();
        await using var soft = await TestHub.StartAsync(Keyring.Open(o => (o.Limits.ConnectionsPerAddress, o.Mercure.RefuseSoftly) = (1, true)));
        using var second = await soft.OpenAsync("match=a");
        (await (await soft.AskAsync(MercureClient.Path + "?match=a")).Content.ReadAsStringAsync()).ShouldStartWith(":\nretry: ");
    }

    [Fact]
    public async Task The_path_may_be_another()
    {
        await using var hub = await TestHub.StartAsync(Keyring.Open(o => (o.Mercure.Path, o.Resource) = ("/hub", "https://hub.example/prefix/hub")));
        (await hub.AskAsync("/hub?match_urlpattern=books/:id")).StatusCode.ShouldBe(HttpStatusCode.OK);
        (await hub.AskAsync(MercureClient.Path + "?match=a")).StatusCode.ShouldBe(HttpStatusCode.NotFound);
        (await hub.AskAsync("/hub?match=a", Keyring.Subscriber("a"))).StatusCode.ShouldBe(HttpStatusCode.Unauthorized);
        (await hub.AskAsync("/.well-known/oauth-protected-resource/prefix/hub")).StatusCode.ShouldBe(HttpStatusCode.OK);
        (await hub.AskAsync("/hub/subscriptions")).StatusCode.ShouldBe(HttpStatusCode.Unauthorized);
    }
}
