using System.Text.Json.Nodes;
using Siar.Auth.Tests.Support;
using Siar.Topics;

namespace Siar.Auth.Tests.Claims;

/// <summary>URL Patterns in 1.0 tokens: resolved against the hub's own URL, and none but good ones.</summary>
public class UrlPatternGrantTests
{
    [Theory]
    [InlineData("https://example.com/books/:id", "https://example.com/books/7", true)]
    [InlineData("https://example.com/books/:id", "https://EXAMPLE.com/books/7", true)]
    [InlineData("https://example.com/books/:id", "/books/7", true)]
    [InlineData("https://example.com/books/:id", "https://example.com/BOOKS/7", false)]
    [InlineData("https://example.com/books/:id", "https://example.com/authors/7", false)]
    [InlineData("/books/:id", "https://example.com/books/7", true)]
    [InlineData("/books/:id", "/books/7", true)]
    [InlineData("/books/:id", "https://other.example/books/7", false)]
    [InlineData("*://example.com/books/:id", "http://example.com/books/7", true)]
    [InlineData("/.well-known/mercure/subscriptions/:match_type/a{/:subscriber}?", "/.well-known/mercure/subscriptions/exact/a", true)]
    [InlineData("/.well-known/mercure/subscriptions/:match_type/a{/:subscriber}?", "/.well-known/mercure/subscriptions/exact/a/urn%3Auuid%3A1", true)]
    [InlineData("/.well-known/mercure/subscriptions/:match_type/a{/:subscriber}?", "/.well-known/mercure/subscriptions/exact/b", false)]
    public async Task A_pattern_grants_what_it_matches(string pattern, string topic, bool expected)
    {
        var grant = (await Check(pattern)).Grant!;
        grant.MayRead([Topic.Parse(topic)]).ShouldBe(expected);
        grant.PayloadFor(topic).HasValue.ShouldBe(expected);
    }

    [Theory]
    [InlineData("{unclosed")]
    [InlineData("/(unclosed")]
    [InlineData("https://example.com/[(")]
    public async Task A_bad_pattern_makes_the_token_invalid(string pattern) => (await Check(pattern)).Kind().ShouldBe(TokenFailureKind.Invalid);

    [Fact]
    public async Task Without_a_base_a_pattern_must_be_absolute()
    {
        (await Check("https://example.com/books/:id", o => o.BaseUrl = null)).Succeeded.ShouldBeTrue();
        (await Check("/books/:id", o => o.BaseUrl = null)).Succeeded.ShouldBeFalse();
    }

    [Fact]
    public void A_base_that_is_no_URL_stops_the_start() =>
        Should.Throw<ArgumentException>(() => Example.Validator(configure: o => o.BaseUrl = "/hub")).Message.ShouldContain("/hub");

    private static Task<TokenResult> Check(string pattern, Action<TokenValidatorOptions>? configure = null)
    {
        var detail = Example.Detail("subscribe");
        detail["topics"] = new JsonArray(new JsonObject { ["match"] = pattern, ["match_type"] = "urlpattern" });
        detail["payload"] = new JsonObject();
        return Example.CheckClaims(Example.V1Claims(detail), configure: configure);
    }
}
