using System.Text.Json.Nodes;
using Siar.Auth.Tests.Support;
using Siar.Topics;

namespace Siar.Auth.Tests.Claims;

/// <summary>The claim of 1.0 tokens: one invalid Mercure entry makes the token invalid, entries of other types are skipped untouched.</summary>
public class AuthorizationDetailsTests
{
    private const string Type = "https://mercure.rocks/authorization-detail";

    [Theory]
    [InlineData("""{"type":"T","actions":["subscribe"],"topics":[{"match":"a"}]}""")]
    [InlineData("""{"type":"T","actions":["subscribe","subscribe"],"topics":[{"match":"a"},{"match":"a"}]}""")]
    [InlineData("""{"type":"T","actions":["dance","subscribe",""],"topics":[{"match":"a"}]}""")]
    [InlineData("""{"type":"T","actions":["subscribe"],"topics":[{"match":"a","match_type":"exact"}]}""")]
    [InlineData("""{"type":"T","actions":["subscribe"],"topics":[{"match":"a","extra":[1,{}]}],"locations":["x"],"extra":null}""")]
    [InlineData("""{"type":"T","actions":["subscribe"],"topics":[{"match":"a"}],"payload":{"user":"x"}}""")]
    [InlineData("""{"type":"T","actions":["subscribe"],"topics":[{"match":"a"}],"payload":null}""")]
    public async Task A_valid_entry_grants(string entry)
    {
        var grant = (await Check(entry)).Grant!;
        grant.Subscribe.ShouldBe(MatcherSet.OfTopics(Topic.Parse("a")));
        grant.Publish.ShouldBe(MatcherSet.None);
    }

    [Theory]
    [InlineData("""{"type":"T"}""")]
    [InlineData("""{"type":"T","actions":["subscribe"]}""")]
    [InlineData("""{"type":"T","topics":[{"match":"a"}]}""")]
    [InlineData("""{"type":"T","actions":null,"topics":[{"match":"a"}]}""")]
    [InlineData("""{"type":"T","actions":[],"topics":[{"match":"a"}]}""")]
    [InlineData("""{"type":"T","actions":"subscribe","topics":[{"match":"a"}]}""")]
    [InlineData("""{"type":"T","actions":{"subscribe":true},"topics":[{"match":"a"}]}""")]
    [InlineData("""{"type":"T","actions":["subscribe",7],"topics":[{"match":"a"}]}""")]
    [InlineData("""{"type":"T","actions":["subscribe",null],"topics":[{"match":"a"}]}""")]
    [InlineData("""{"type":"T","actions":["subscribe"],"topics":null}""")]
    [InlineData("""{"type":"T","actions":["subscribe"],"topics":[]}""")]
    [InlineData("""{"type":"T","actions":["subscribe"],"topics":"a"}""")]
    [InlineData("""{"type":"T","actions":["subscribe"],"topics":{"match":"a"}}""")]
    [InlineData("""{"type":"T","actions":["subscribe"],"topics":["a"]}""")]
    [InlineData("""{"type":"T","actions":["subscribe"],"topics":["*"]}""")]
    [InlineData("""{"type":"T","actions":["subscribe"],"topics":[null]}""")]
    [InlineData("""{"type":"T","actions":["subscribe"],"topics":[{}]}""")]
    [InlineData("""{"type":"T","actions":["subscribe"],"topics":[{"match_type":"exact"}]}""")]
    [InlineData("""{"type":"T","actions":["subscribe"],"topics":[{"match":null}]}""")]
    [InlineData("""{"type":"T","actions":["subscribe"],"topics":[{"match":""}]}""")]
    [InlineData("""{"type":"T","actions":["subscribe"],"topics":[{"match":["a"]}]}""")]
    [InlineData("""{"type":"T","actions":["subscribe"],"topics":[{"Match":"a"}]}""")]
    [InlineData("""{"type":"T","actions":["subscribe"],"topics":[{"match":"a","match_type":"Exact"}]}""")]
    [InlineData("""{"type":"T","actions":["subscribe"],"topics":[{"match":"a","match_type":"regexp"}]}""")]
    [InlineData("""{"type":"T","actions":["subscribe"],"topics":[{"match":"*","match_type":"regexp"}]}""")]
    [InlineData("""{"type":"T","actions":["subscribe"],"topics":[{"match":"a","match_type":""}]}""")]
    [InlineData("""{"type":"T","actions":["subscribe"],"topics":[{"match":"a","match_type":null}]}""")]
    [InlineData("""{"type":"T","actions":["subscribe"],"topics":[{"match":"a","match_type":1}]}""")]
    [InlineData("""{"type":"T","actions":["subscribe"],"topics":[{"match":"a\u0000"}]}""")]
    [InlineData("""{"type":"T","actions":["subscribe"],"topics":[{"match":"a\nb"}]}""")]
    [InlineData("""{"type":"T","actions":["subscribe"],"topics":[{"match":"a\u007f"}]}""")]
    [InlineData("""{"type":"T","actions":["subscribe"],"topics":[{"match":"a\u0085"}]}""")]
    [InlineData("""{"type":"T","actions":["subscribe"],"topics":[{"match":"a\u202e"}]}""")]
    [InlineData("""{"type":"T","actions":["subscribe"],"topics":[{"match":"\ufeffa"}]}""")]
    [InlineData("""{"type":"T","actions":["subscribe"],"topics":[{"match":"a\u200bb"}]}""")]
    [InlineData("""{"type":"T","actions":["subscribe"],"topics":[{"match":"\udb40\udc01"}]}""")]
    [InlineData("""{"type":"T","actions":["subscribe"],"topics":[{"match":"a\ud800"}]}""")]
    [InlineData("""{"type":"T","actions":["subscribe"],"topics":[{"match":"a"},{"match":""}]}""")]
    [InlineData("""{"type":"T","actions":["dance"],"topics":[{"match":""}]}""")]
    [InlineData("""{"type":"T","actions":["subscribe"],"topics":[{"match":"a"}],"payload":"text"}""")]
    [InlineData("""{"type":"T","actions":["subscribe"],"topics":[{"match":"a"}],"payload":[1]}""")]
    [InlineData("\"text\"")]
    [InlineData("null")]
    [InlineData("[]")]
    public async Task An_invalid_entry_makes_the_whole_token_invalid(string entry)
    {
        (await Check(entry)).Kind().ShouldBe(TokenFailureKind.Invalid);
        (await Check("""{"type":"T","actions":["subscribe"],"topics":[{"match":"fine"}]}""", entry)).Kind().ShouldBe(TokenFailureKind.Invalid);
    }

    [Theory]
    [InlineData("""{"type":"tenant","topics":"acme","actions":{"read":true}}""")]
    [InlineData("""{"type":"HTTPS://mercure.rocks/authorization-detail","actions":["subscribe"],"topics":[{"match":"a"}]}""")]
    [InlineData("""{"type":"https://mercure.rocks/authorization-detail/","actions":["subscribe"],"topics":[{"match":"a"}]}""")]
    [InlineData("""{"type":"https://mercure.rocks/","actions":["subscribe"],"topics":[{"match":"a"}]}""")]
    [InlineData("""{"type":7}""")]
    [InlineData("""{}""")]
    public async Task An_entry_of_another_type_is_skipped_untouched(string entry)
    {
        (await Check(entry)).Grant!.Subscribe.ShouldBe(MatcherSet.None);
        (await Check(entry, """{"type":"T","actions":["subscribe"],"topics":[{"match":"b"}]}""")).Grant!.Subscribe.ShouldBe(MatcherSet.OfTopics(Topic.Parse("b")));
    }

    [Theory]
    [InlineData("{}")]
    [InlineData("\"text\"")]
    [InlineData("7")]
    public async Task The_claim_is_an_array(string claim)
    {
        var claims = Example.V1Claims();
        claims["authorization_details"] = JsonNode.Parse(claim);
        (await Example.CheckClaims(claims)).Kind().ShouldBe(TokenFailureKind.Invalid);
    }

    [Fact]
    public async Task An_empty_claim_is_valid_and_grants_nothing()
    {
        var grant = (await Check()).Grant!;
        grant.Subscribe.ShouldBe(MatcherSet.None);
        grant.PayloadFor("a").ShouldBeNull();
    }

    [Fact]
    public async Task A_grant_has_only_the_matchers_of_the_role_the_token_was_checked_in()
    {
        var claims = Example.V1Claims(Example.Detail("publish", "p"), Example.Detail("subscribe", "s"), Example.Detail("subscribe", "s2"));
        var reader = (await Example.CheckClaims(claims)).Grant!;
        reader.Publish.ShouldBe(MatcherSet.None);
        reader.HasPublishClaim.ShouldBeFalse();
        reader.Subscribe.ShouldBe(MatcherSet.OfTopics(Topic.Parse("s"), Topic.Parse("s2")));

        var writer = (await Example.CheckClaims(claims, TokenRole.Publish)).Grant!;
        writer.Publish.ShouldBe(MatcherSet.OfTopics(Topic.Parse("p")));
        writer.HasPublishClaim.ShouldBeTrue();
        writer.Subscribe.ShouldBe(MatcherSet.None);
    }

    [Theory]
    [InlineData("exact")]
    [InlineData("urlpattern")]
    public async Task The_star_is_every_topic_whatever_the_type(string type) =>
        (await Check($$"""{"type":"T","actions":["subscribe"],"topics":[{"match":"*","match_type":"{{type}}"}]}""")).Grant!.Subscribe.IsAll.ShouldBeTrue();

    [Fact]
    public async Task An_exact_matcher_is_never_a_template_or_a_pattern()
    {
        var grant = (await Check("""{"type":"T","actions":["subscribe"],"topics":[{"match":"https://example.com/{id}"},{"match":"https://example.com/:id"}]}""")).Grant!;
        grant.Subscribe.Matches(Topic.Parse("https://example.com/7")).ShouldBeFalse();
        grant.Subscribe.Matches(Topic.Parse("https://example.com/{id}")).ShouldBeTrue();
    }

    [Fact]
    public async Task A_matcher_may_have_4096_bytes_and_no_more()
    {
        (await Example.CheckClaims(Example.V1Claims(Example.Detail("subscribe", new string('é', 2048))))).Succeeded.ShouldBeTrue();
        (await Example.CheckClaims(Example.V1Claims(Example.Detail("subscribe", new string('é', 2048) + "a")))).Kind().ShouldBe(TokenFailureKind.Invalid);
    }

    [Fact]
    public async Task A_thousand_matchers_are_accepted_and_one_more_is_not()
    {
        var thousand = Enumerable.Range(0, 1000).Select(i => $"https://example.com/books/{i}").ToArray();
        (await Example.CheckClaims(Example.V1Claims(Example.Detail("subscribe", thousand)))).Grant!.Subscribe.Matchers.Length.ShouldBe(1000);
        (await Example.CheckClaims(Example.V1Claims(Example.Detail("subscribe", [.. thousand, "x"])))).Kind().ShouldBe(TokenFailureKind.LimitExceeded);
        (await Example.CheckClaims(Example.V1Claims(Example.Detail("subscribe", thousand), Example.Detail("publish", "x")))).Kind().ShouldBe(TokenFailureKind.LimitExceeded);
    }

    [Fact]
    public async Task The_limits_are_options_and_count_over_the_whole_token()
    {
        void Three(TokenValidatorOptions options) => options.Limits = new TokenLimits { MaxMatchers = 3, MaxDetails = 2 };
        Task<TokenResult> Check(params JsonNode[] details) => Example.CheckClaims(Example.V1Claims(details), configure: Three);
        var foreign = () => new JsonObject { ["type"] = "tenant" };

        (await Check(Example.Detail("subscribe", "a", "b"), Example.Detail("subscribe", "c"))).Succeeded.ShouldBeTrue();
        (await Check(Example.Detail("subscribe", "a", "b"), Example.Detail("publish", "c", "d"))).Kind().ShouldBe(TokenFailureKind.LimitExceeded);
        (await Check(Example.Detail("subscribe", "a"), Example.Detail("subscribe", "b"), Example.Detail("subscribe", "c"))).Kind().ShouldBe(TokenFailureKind.LimitExceeded);
        (await Check(foreign(), foreign(), foreign(), Example.Detail("subscribe", "a"), Example.Detail("subscribe", "b"))).Succeeded.ShouldBeTrue();
    }

    private static Task<TokenResult> Check(params string[] entries)
    {
        var payload = $$"""
            {"iss":"{{Example.Issuer}}","aud":"{{Example.Audience}}","exp":{{Example.Clock.GetUtcNow().AddHours(1).ToUnixTimeSeconds()}},
             "authorization_details":[{{string.Join(',', entries).Replace("\"type\":\"T\"", $"\"type\":\"{Type}\"", StringComparison.Ordinal)}}]}
            """;
        return Example.Validator().Check(Jws.Make(Example.Subscriber, """{"alg":"HS256","typ":"at+jwt"}""", payload));
    }
}
