using System.Text.Json.Nodes;
using Siar.Auth.Tests.Support;

namespace Siar.Auth.Tests.Tokens;

/// <summary>What a 1.0 token must say of itself; a 0.x token need not.</summary>
public class TokenRulesTests
{
    [Theory]
    [InlineData("at+jwt", true)]
    [InlineData("AT+JWT", true)]
    [InlineData("At+Jwt", true)]
    [InlineData("application/at+jwt", true)]
    [InlineData("Application/AT+jwt", true)]
    [InlineData("JWT", false)]
    [InlineData("", false)]
    [InlineData("at+jwt ", false)]
    [InlineData("application/jwt", false)]
    [InlineData("text/at+jwt", false)]
    [InlineData(null, false)]
    public async Task The_type_is_that_of_an_access_token(string? typ, bool good)
    {
        (await Example.Validator().Check(Jws.Make(Example.Subscriber, Example.V1Claims(), typ))).Succeeded.ShouldBe(good);
        (await Example.Validator().Check(Jws.Make(Example.Subscriber, Example.V0Claims(), typ))).Succeeded.ShouldBeTrue("0.x has no such rule");
    }

    [Theory]
    [InlineData("\"https://example.com/.well-known/mercure\"", true)]
    [InlineData("[\"https://example.com/.well-known/mercure\"]", true)]
    [InlineData("[\"https://other.example\", \"https://example.com/.well-known/mercure\"]", true)]
    [InlineData("\"https://example.com/.well-known/mercure/\"", false)]
    [InlineData("\"https://EXAMPLE.com/.well-known/mercure\"", false)]
    [InlineData("\"https://example.com\"", false)]
    [InlineData("[\"https://other.example\"]", false)]
    [InlineData("[]", false)]
    [InlineData("\"\"", false)]
    [InlineData("[\"https://example.com/.well-known/mercure\", 1]", false)]
    [InlineData("[[\"https://example.com/.well-known/mercure\"]]", false)]
    [InlineData("{\"https://example.com/.well-known/mercure\":1}", false)]
    [InlineData("null", false)]
    [InlineData(null, false)]
    public async Task The_audience_holds_the_resource(string? audience, bool good)
    {
        (await Check("aud", audience)).Succeeded.ShouldBe(good);
        (await CheckV0("aud", audience)).Succeeded.ShouldBeTrue("0.x has no such rule");
    }

    [Theory]
    [InlineData("+1", null)]
    [InlineData("+3600", null)]
    [InlineData("1e300", null)]
    [InlineData("253402300800", null)]
    [InlineData("0", TokenFailureKind.Expired)]
    [InlineData("+0", TokenFailureKind.Expired)]
    [InlineData("+0.5", null)]
    [InlineData("-1", TokenFailureKind.Expired)]
    [InlineData("-1e300", TokenFailureKind.Expired)]
    [InlineData("\"4102444800\"", TokenFailureKind.Invalid)]
    [InlineData("[]", TokenFailureKind.Invalid)]
    [InlineData("true", TokenFailureKind.Invalid)]
    [InlineData("null", TokenFailureKind.Invalid)]
    public async Task A_token_that_is_over_is_refused_in_both_dialects(string exp, TokenFailureKind? expected)
    {
        (await Check("exp", Moment(exp))).Kind().ShouldBe(expected);
        (await CheckV0("exp", Moment(exp))).Kind().ShouldBe(expected);
    }

    [Fact]
    public async Task A_1_0_token_must_end_and_a_0_x_token_need_not()
    {
        (await Check("exp", null)).Kind().ShouldBe(TokenFailureKind.Invalid);
        var result = await CheckV0("exp", null);
        result.Succeeded.ShouldBeTrue();
        result.Grant!.Expires.ShouldBeNull();
    }

    [Theory]
    [InlineData("+0", null)]
    [InlineData("-3600", null)]
    [InlineData("+5", null)]
    [InlineData("+5.5", TokenFailureKind.NotYetValid)]
    [InlineData("+3600", TokenFailureKind.NotYetValid)]
    [InlineData("\"soon\"", TokenFailureKind.Invalid)]
    [InlineData("null", null)]
    public async Task A_token_whose_time_has_not_begun_is_refused_but_for_a_few_seconds(string nbf, TokenFailureKind? expected)
    {
        (await Check("nbf", Moment(nbf))).Kind().ShouldBe(expected);
        (await CheckV0("nbf", Moment(nbf))).Kind().ShouldBe(expected);
    }

    [Fact]
    public async Task The_grace_for_nbf_is_an_option_and_there_is_none_for_exp()
    {
        var claims = Example.V1Claims();
        claims["nbf"] = Example.Clock.GetUtcNow().AddSeconds(1).ToUnixTimeSeconds();
        (await Example.CheckClaims(claims, configure: o => o.NotBeforeTolerance = TimeSpan.Zero)).Kind().ShouldBe(TokenFailureKind.NotYetValid);
        (await Example.CheckClaims(claims, configure: o => o.NotBeforeTolerance = TimeSpan.FromSeconds(1))).Succeeded.ShouldBeTrue();

        claims["exp"] = Example.Clock.GetUtcNow().ToUnixTimeSeconds();
        (await Example.CheckClaims(claims, configure: o => o.NotBeforeTolerance = TimeSpan.FromMinutes(5))).Kind().ShouldBe(TokenFailureKind.Expired);
    }

    [Fact]
    public async Task The_grant_tells_when_it_ends_and_whose_it_is()
    {
        var claims = Example.V1Claims();
        claims["sub"] = "alice";
        var result = await Example.CheckClaims(claims);
        result.Grant!.Expires.ShouldBe(Example.Clock.GetUtcNow().AddHours(1));
        result.Grant.Subject.ShouldBe("alice");
    }

    private static Task<TokenResult> Check(string claim, string? value) => Check(Example.V1Claims(), claim, value);

    private static Task<TokenResult> CheckV0(string claim, string? value) => Check(Example.V0Claims(), claim, value);

    private static Task<TokenResult> Check(JsonObject claims, string claim, string? value)
    {
        claims.Remove(claim);
        if (value is not null) claims[claim] = JsonNode.Parse(value);
        return Example.CheckClaims(claims);
    }

    // "+1" is one second from now.
    private static string Moment(string text) =>
        text[0] is '+' or '-' && !text.Contains('e') ? $"{Example.Clock.GetUtcNow().ToUnixTimeSeconds() + double.Parse(text):R}" : text;
}
