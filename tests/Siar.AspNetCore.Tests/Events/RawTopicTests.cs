using Siar.Hub;

namespace Siar.AspNetCore.Tests.Events;

public sealed class RawTopicTests
{
    [Theory]
    [InlineData("/events/plain", "plain")]
    [InlineData("/events/with/slashes/", "with/slashes/")]
    [InlineData("/events//leading", "/leading")]
    [InlineData("/events/https://example.com/books/1?type=t", "https://example.com/books/1")]
    [InlineData("/events/https%3A%2F%2Fexample.com%2F%3Fa%3Db%23c", "https://example.com/?a=b#c")]
    [InlineData("/events/a%2Fb", "a/b")]
    [InlineData("/events/a%252Fb", "a%2Fb")]
    [InlineData("/events/a+b", "a+b")]
    [InlineData("/events/a%20b", "a b")]
    [InlineData("/events/%C3%A9", "é")]
    [InlineData("/events/a/../b", "a/../b")]
    [InlineData("/events/a/./b", "a/./b")]
    [InlineData("/events/a%2E%2E", "a..")]
    [InlineData("http://localhost/events/absolute", "absolute")]
    [InlineData("http://localhost/events/absolute?type=t", "absolute")]
    public async Task The_topic_is_the_rest_of_the_target_decoded_once(string target, string topic)
    {
        await using var hub = await TestHub.StartAsync();

        (await PostAsync(hub, target)).ShouldStartWith("HTTP/1.1 200");

        (await FirstTopicAsync(hub)).ShouldBe(topic);
    }

    [Theory]
    [InlineData("/events/a%")]
    [InlineData("/events/a%2")]
    [InlineData("/events/a%zz")]
    [InlineData("/events/a%FF")]
    [InlineData("/events/a%C3")]
    [InlineData("/events/a%ED%A0%80")]
    [InlineData("/events/a%00")]
    [InlineData("/events/a%0A")]
    [InlineData("/x/../events/a")]
    [InlineData("/%65vents/a")]
    public async Task A_target_that_is_no_text_or_ambiguous_is_refused_or_plainly_read(string target)
    {
        await using var hub = await TestHub.StartAsync();

        var answer = await PostAsync(hub, target);

        if (answer.StartsWith("HTTP/1.1 200", StringComparison.Ordinal)) (await FirstTopicAsync(hub)).ShouldBe("a");
        else answer.ShouldStartWith("HTTP/1.1 400");
    }

    [Fact]
    public async Task A_path_base_and_a_group_are_not_the_topics()
    {
        await using var hub = await TestHub.StartAsync(new TestHubSetup
        {
            Pipeline = app =>
            {
                app.UsePathBase("/base");
                app.UseRouting();
            },
            Endpoints = app => app.MapGroup("/tenants/{tenant}").MapSiar(),
        });

        (await PostAsync(hub, "/base/events/one")).ShouldStartWith("HTTP/1.1 200");
        (await FirstTopicAsync(hub)).ShouldBe("one");
        (await PostAsync(hub, "/tenants/t%20x/events/two/more")).ShouldStartWith("HTTP/1.1 200");
        (await PostAsync(hub, "/base/tenants/events/events/three")).ShouldStartWith("HTTP/1.1 200");
        (await TopicsAsync(hub, 3)).ShouldBe(["one", "two/more", "three"]);
    }

    private static async Task<string> PostAsync(TestHub hub, string target)
    {
        using var connection = await hub.ConnectAsync();
        await connection.SendAsync($"POST {target} HTTP/1.1\r\nHost: localhost\r\nContent-Length: 1\r\nConnection: close\r\n\r\nx");
        return await connection.ReadToEndAsync();
    }

    private static async Task<string> FirstTopicAsync(TestHub hub) => (await TopicsAsync(hub, 1))[0];

    private static async Task<List<string>> TopicsAsync(TestHub hub, int count)
    {
        var request = new SubscribeRequest { Matchers = Siar.Topics.MatcherSet.All, Start = Cursor.Earliest };
        var topics = new List<string>();
        await foreach (var delivery in hub.Hub.SubscribeAsync(request))
        {
            topics.Add(((Delivery.Published)delivery).Logged.Content.Topics[0].Value);
            if (topics.Count == count) break;
        }

        return topics;
    }
}
