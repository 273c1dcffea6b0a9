using System.Text.Json;
using System.Text.Json.Nodes;
using Siar.Auth.Tests.Support;
using Siar.Topics;

namespace Siar.Auth.Tests.Grants;

public class GrantTests
{
    private static readonly Topic A = Topic.Parse("a");
    private static readonly Topic B = Topic.Parse("b");

    [Fact]
    public void To_publish_every_topic_must_be_granted_and_to_read_one_is_enough()
    {
        var grant = new Grant { Publish = MatcherSet.OfTopics(A), Subscribe = MatcherSet.OfTopics(A) };
        grant.MayPublish([A]).ShouldBeTrue();
        grant.MayPublish([A, B]).ShouldBeFalse();
        grant.MayPublish([B]).ShouldBeFalse();
        grant.MayRead([A]).ShouldBeTrue();
        grant.MayRead([B, A]).ShouldBeTrue();
        grant.MayRead([B]).ShouldBeFalse();
    }

    [Fact]
    public void No_grant_allows_nothing()
    {
        Grant.None.MayPublish([A]).ShouldBeFalse();
        Grant.None.MayRead([A]).ShouldBeFalse();
        Grant.None.PayloadFor("a").ShouldBeNull();
    }

    [Theory]
    [InlineData("a", "1")]
    [InlineData("b", "2")]
    [InlineData("c", "3")]
    [InlineData("*", "3")]
    public async Task The_payload_is_the_first_whose_topics_mean_the_matchers_text(string matcher, string? expected)
    {
        var grant = await GrantOf(
            WithPayload(Example.Detail("publish", "*"), "0"),
            Example.Detail("subscribe", "a"),
            WithPayload(Example.Detail("subscribe", "a"), "1"),
            WithPayload(Example.Detail("subscribe", "a", "b"), "2"),
            WithPayload(Example.Detail("subscribe", "*"), "3"));
        grant.PayloadFor(matcher)?.GetProperty("n").GetString().ShouldBe(expected);
    }

    [Fact]
    public async Task A_subscription_that_no_detail_means_has_no_payload()
    {
        var grant = await GrantOf(WithPayload(Example.Detail("subscribe", "a"), "1"));
        grant.PayloadFor("b").ShouldBeNull();
        grant.PayloadFor("*").ShouldBeNull();
        grant.PayloadFor("").ShouldBeNull();
    }

    [Fact]
    public async Task A_payload_outlives_the_token_it_came_from()
    {
        var grant = await GrantOf(WithPayload(Example.Detail("subscribe", "a"), "1"));
        GC.Collect();
        JsonSerializer.Serialize(grant.PayloadFor("a")).ShouldBe("""{"n":"1"}""");
    }

    private static JsonObject WithPayload(JsonObject detail, string number)
    {
        detail["payload"] = new JsonObject { ["n"] = number };
        return detail;
    }

    private static async Task<Grant> GrantOf(params JsonNode[] details) => (await Example.CheckClaims(Example.V1Claims(details))).Grant!;
}
