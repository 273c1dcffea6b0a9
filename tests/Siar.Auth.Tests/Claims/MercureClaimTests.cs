using System.Text.Json.Nodes;
using Siar.Auth.Tests.Support;
using Siar.Topics;

namespace Siar.Auth.Tests.Claims;

/// <summary>The claim of 0.x tokens.</summary>
public class MercureClaimTests
{
    [Theory]
    [InlineData("""{"mercure":{"publish":["a"],"subscribe":["a"]}}""")]
    [InlineData("""{"https://mercure.rocks/":{"publish":["a"],"subscribe":["a"]}}""")]
    [InlineData("""{"mercure":{"publish":["b"],"subscribe":["b"]},"https://mercure.rocks/":{"publish":["a"],"subscribe":["a"]}}""")]
    [InlineData("""{"mercure":{"publish":["a"],"subscribe":["a"]},"https://mercure.rocks/":null}""")]
    [InlineData("""{"mercure":"broken","https://mercure.rocks/":{"publish":["a"],"subscribe":["a"]}}""")]
    [InlineData("""{"mercure":"{\"publish\":[\"a\"],\"subscribe\":[\"a\"]}"}""")]
    [InlineData("""{"https://mercure.rocks/":"{\"publish\":[\"a\"],\"subscribe\":[\"a\"]}"}""")]
    [InlineData("""{"mercure":{"publish":["a"],"subscribe":["a"],"extra":[{}]},"iss":7,"aud":{}}""")]
    public async Task Either_claim_grants_and_the_namespaced_one_wins(string claims)
    {
        (await Check(claims)).Grant!.Subscribe.ShouldBe(MatcherSet.OfTopics(Topic.Parse("a")));
        var writer = (await Check(claims, TokenRole.Publish)).Grant!;
        writer.Publish.ShouldBe(MatcherSet.OfTopics(Topic.Parse("a")));
        writer.HasPublishClaim.ShouldBeTrue();
    }

    [Theory]
    [InlineData("""{"mercure":7}""")]
    [InlineData("""{"mercure":[]}""")]
    [InlineData("""{"mercure":""}""")]
    [InlineData("""{"mercure":"*"}""")]
    [InlineData("""{"mercure":"[]"}""")]
    [InlineData("""{"mercure":"\"{}\""}""")]
    [InlineData("""{"mercure":"{\"publish\":[],\"publish\":[]}"}""")]
    [InlineData("""{"mercure":{"publish":"*"}}""")]
    [InlineData("""{"mercure":{"publish":{"match":"*"}}}""")]
    [InlineData("""{"mercure":{"publish":[7]}}""")]
    [InlineData("""{"mercure":{"publish":[null]}}""")]
    [InlineData("""{"mercure":{"subscribe":"*"}}""")]
    [InlineData("""{"mercure":{"subscribe":[["*"]]}}""")]
    [InlineData("""{"mercure":{"subscribe":["\ud800"]}}""")]
    [InlineData("""{"mercure":{"publish":["*"],"subscribe":["*"]},"https://mercure.rocks/":7}""")]
    public async Task A_claim_of_another_shape_makes_the_token_invalid(string claims) =>
        (await Check(claims)).Kind().ShouldBe(TokenFailureKind.Invalid);

    [Theory]
    [InlineData("""{"mercure":{}}""", false)]
    [InlineData("""{"mercure":{"subscribe":["*"]}}""", false)]
    [InlineData("""{"mercure":{"publish":null}}""", false)]
    [InlineData("""{"mercure":{"publish":[]}}""", true)]
    public async Task An_empty_list_is_a_publish_claim_and_a_missing_one_is_not(string claims, bool expected)
    {
        var grant = (await Check(claims, TokenRole.Publish)).Grant!;
        grant.HasPublishClaim.ShouldBe(expected);
        grant.MayPublish([Topic.Parse("a")]).ShouldBeFalse();
    }

    [Fact]
    public async Task The_star_is_every_topic()
    {
        (await Check("""{"mercure":{"subscribe":["a","*"]}}""")).Grant!.Subscribe.IsAll.ShouldBeTrue();
        (await Check("""{"mercure":{"publish":["*"]}}""", TokenRole.Publish)).Grant!.MayPublish([Topic.Parse("anything")]).ShouldBeTrue();
    }

    [Fact]
    public async Task A_selector_that_no_topic_can_meet_is_no_error()
    {
        var grant = (await CheckClaim("""{"subscribe":["","a\u0000b","a"]}""")).Grant!;
        grant.MayRead([Topic.Parse("a")]).ShouldBeTrue();
        grant.MayRead([Topic.Parse("b")]).ShouldBeFalse();
    }

    [Theory]
    [InlineData("https://example.com/books/{id}", "https://example.com/books/1", true)]
    [InlineData("https://example.com/books/{id}", "https://example.com/books/{id}", true)]
    [InlineData("https://example.com/books/{id}", "https://example.com/authors/1", false)]
    [InlineData("https://example.com/books/{id", "https://example.com/books/{id", true)]
    [InlineData("https://example.com/books/:id", "https://example.com/books/1", false)]
    [InlineData("/.well-known/mercure/subscriptions{/topic}{/subscriber}", "/.well-known/mercure/subscriptions/a/b", true)]
    public async Task A_selector_is_text_or_a_URI_template(string selector, string topic, bool expected) =>
        (await CheckClaim($$"""{"subscribe":["{{selector}}"]}""")).Grant!.MayRead([Topic.Parse(topic)]).ShouldBe(expected);

    [Fact]
    public async Task Each_list_may_have_a_thousand_selectors()
    {
        var thousand = string.Join(',', Enumerable.Range(0, 1000).Select(i => $"\"a{i}\""));
        (await CheckClaim($$"""{"publish":[{{thousand}}],"subscribe":[{{thousand}}]}""")).Grant!.Subscribe.Matchers.Length.ShouldBe(1000);
        (await CheckClaim($$"""{"subscribe":[{{thousand}},"b"]}""")).Kind().ShouldBe(TokenFailureKind.LimitExceeded);
        (await CheckClaim($$"""{"publish":[{{thousand}},"b"]}""")).Kind().ShouldBe(TokenFailureKind.LimitExceeded);
    }

    [Theory]
    [InlineData("""{"user":"alice"}""")]
    [InlineData("\"alice\"")]
    [InlineData("[1,2]")]
    [InlineData("false")]
    public async Task One_payload_of_any_shape_serves_every_subscription(string payload)
    {
        var grant = (await CheckClaim($$"""{"subscribe":["a"],"payload":{{payload}} }""")).Grant!;
        foreach (var matcher in new[] { "a", "elsewhere", "*", "https://example.com/{id}", "no\ntopic", "" })
        {
            JsonNode.DeepEquals(JsonNode.Parse(grant.PayloadFor(matcher)!.Value.GetRawText()), JsonNode.Parse(payload)).ShouldBeTrue();
        }
    }

    private static Task<TokenResult> CheckClaim(string claim) => Check($$"""{"mercure":{{claim}} }""");

    private static Task<TokenResult> Check(string claims, TokenRole role = TokenRole.Subscribe) => Example.Validator().Check(
        Jws.Make(role == TokenRole.Publish ? Example.Publisher : Example.Subscriber, """{"alg":"HS256"}""", claims), role);
}
