using System.Net;
using System.Text;

namespace Siar.AspNetCore.Tests.Mercure;

/// <summary>Publishing (1.4).</summary>
public sealed class PublishTests
{
    [Theory]
    [InlineData("publish.json", false)]
    [InlineData("publish-legacy.json", true)]
    public async Task A_publisher_is_answered_as_the_vectors_say(string file, bool isLegacy)
    {
        await using var hub = await TestHub.StartAsync(Keyring.Setup());
        var token = isLegacy ? Keyring.LegacyPublisher("*") : Keyring.Publisher("*");
        using var reader = await hub.OpenAsync("match=*", Keyring.Subscriber("x"));
        foreach (var each in MercureCase.Read(file))
        {
            using var answer = await hub.PublishAsync(each.Body!, token, each.Query ?? "");
            ((int)answer.StatusCode).ShouldBe(each.Status, each.Name);
            var text = await answer.Content.ReadAsStringAsync();
            if (each.Answer is not null) text.ShouldBe(each.Answer, each.Name);
            if (each.Status != 200) continue;
            answer.Content.Headers.ContentType!.ToString().ShouldBe("text/plain; charset=utf-8");
            if (each.Id is not null) text.ShouldBe(each.Id, each.Name);
            text.ShouldNotBeEmpty();
            var block = await reader.NextAsync();
            block.ShouldContain($"id: {text}\n", Case.Sensitive, each.Name);
            if (each.Data is not null) block.ShouldEndWith($"data: {each.Data.Replace("\n", "\ndata: ")}\n\n", Case.Sensitive, each.Name);
            block.StartsWith("event: ", StringComparison.Ordinal).ShouldBe(each.Type is not null, each.Name);
        }
    }

    [Theory]
    [InlineData("text/plain; boundary=", 400)]
    [InlineData("nonsense", 400)]
    [InlineData(null, 400)]
    [InlineData("application/json", 415)]
    [InlineData("APPLICATION/x-www-form-urlencoded; charset=utf-8", 200)]
    public async Task A_body_is_a_form(string? type, int status)
    {
        await using var hub = await TestHub.StartAsync(Keyring.Setup());
        using var content = new ByteArrayContent("topic=a"u8.ToArray());
        if (type is not null) content.Headers.TryAddWithoutValidation("Content-Type", type);
        using var request = new HttpRequestMessage(HttpMethod.Post, MercureClient.Path) { Content = content, Headers = { { "Authorization", $"Bearer {Keyring.Publisher("a")}" } } };
        ((int)(await hub.Client.SendAsync(request)).StatusCode).ShouldBe(status);
    }

    [Fact]
    public async Task Every_topic_needs_a_grant_public_or_private_alike()
    {
        await using var hub = await TestHub.StartAsync(Keyring.Setup());
        var token = Keyring.Publisher("a", "~/books/:id");
        (await hub.PublishAsync("topic=a&topic=/books/1", token)).StatusCode.ShouldBe(HttpStatusCode.OK);
        (await hub.PublishAsync("topic=a&topic=https://hub.example/books/1&private=on", token)).StatusCode.ShouldBe(HttpStatusCode.OK);
        foreach (var privately in new[] { "", "&private" })
        {
            using var answer = await hub.PublishAsync("topic=a&topic=b" + privately, token);
            answer.StatusCode.ShouldBe(HttpStatusCode.Forbidden);
            answer.Headers.WwwAuthenticate.ToString().ShouldStartWith("Bearer error=\"insufficient_scope\"");
            (await answer.Content.ReadAsStringAsync()).ShouldBe("Forbidden\n");
        }

        hub.Core.Log.Head.ShouldBe(2);
    }

    [Fact]
    public async Task Without_the_right_the_form_of_an_event_is_not_told()
    {
        await using var hub = await TestHub.StartAsync(Keyring.Setup());
        (await hub.PublishAsync("topic=/.well-known/mercure/x", Keyring.Publisher("a"))).StatusCode.ShouldBe(HttpStatusCode.Forbidden);
        (await hub.PublishAsync("nothing", null)).StatusCode.ShouldBe(HttpStatusCode.Unauthorized);
    }

    [Fact]
    public async Task What_is_too_large_is_told_so()
    {
        await using var hub = await TestHub.StartAsync(Keyring.Setup(options: o => (o.Limits.RequestBytes, o.Limits.EventBytes) = (100_000, 1_000)));
        var token = Keyring.Publisher("*");
        (await hub.PublishAsync("topic=a&data=" + new string('x', 1_001), token)).StatusCode.ShouldBe(HttpStatusCode.RequestEntityTooLarge);
        (await hub.PublishAsync("topic=a&y=" + new string('x', 100_000), token)).StatusCode.ShouldBe(HttpStatusCode.RequestEntityTooLarge);
        var topics = new StringBuilder("data=x");
        for (var i = 0; i < 1_000; i++) topics.Append($"&topic={i}");
        (await hub.PublishAsync(topics.ToString(), token)).StatusCode.ShouldBe(HttpStatusCode.OK);
        (await hub.PublishAsync(topics.Append("&topic=1000").ToString(), token)).StatusCode.ShouldBe(HttpStatusCode.RequestEntityTooLarge);
    }

    [Fact]
    public async Task Who_publishes_too_fast_is_told_to_wait()
    {
        await using var hub = await TestHub.StartAsync(Keyring.Setup(options: o => o.Limits.PublishesPerToken = 1));
        var token = Keyring.Publisher("*");
        HttpResponseMessage answer;
        do answer = await hub.PublishAsync("topic=a", token);
        while (answer.StatusCode == HttpStatusCode.OK);
        answer.StatusCode.ShouldBe(HttpStatusCode.TooManyRequests);
        answer.Headers.RetryAfter.ShouldNotBeNull();
    }
}
