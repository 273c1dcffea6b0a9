using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.IdentityModel.JsonWebTokens;
using Microsoft.IdentityModel.Tokens;
using Siar.Auth.Tests.Support;
using Siar.Topics;

namespace Siar.Auth.Tests.Minting;

public class TokenMinterTests
{
    private static readonly TokenRequest V1 = new()
    {
        Issuer = Example.Issuer,
        Audience = Example.Audience,
        Lifetime = TimeSpan.FromHours(1),
        Publish = MatcherSet.OfTopics(Topic.Parse("p")),
        Subscribe = MatcherSet.Of(Matcher.Exact(Topic.Parse("s")), Matcher.All),
        Payload = JsonSerializer.SerializeToElement(new { user = "alice" }),
    };

    private static readonly TokenRequest V0 = V1 with { Dialect = TokenDialect.V0, Lifetime = null };

    public static TheoryData<string> Algorithms => [.. Signer.Algorithms];

    [Theory]
    [MemberData(nameof(Algorithms))]
    public async Task What_is_minted_is_what_is_granted_with_every_algorithm_and_in_both_dialects(string algorithm)
    {
        var keys = RoleKeys.Both(KeySource.Of(VerificationKey.FromText(Signer.For(algorithm).PublicText, algorithm)));
        var validator = Example.Validator(configure: options => options.Trust(keys, Example.Issuer));
        var minter = Minter(algorithm);
        foreach (var request in new[] { V1, V0 })
        {
            var token = minter.Mint(request);
            var writer = (await validator.Check(token, TokenRole.Publish)).Grant!;
            var reader = (await validator.Check(token, TokenRole.Subscribe)).Grant!;

            writer.Dialect.ShouldBe(request.Dialect);
            writer.Publish.ShouldBe(request.Publish);
            reader.Subscribe.ShouldBe(request.Subscribe);
            reader.PayloadFor("s")!.Value.GetProperty("user").GetString().ShouldBe("alice");
            reader.Expires.ShouldBe(request.Lifetime is { } lifetime ? Example.Clock.GetUtcNow() + lifetime : null);
        }
    }

    [Theory]
    [InlineData("HS256")]
    [InlineData("RS256")]
    [InlineData("PS384")]
    [InlineData("ES256")]
    [InlineData("ES512")]
    public async Task An_ordinary_verifier_of_access_tokens_accepts_a_1_0_token(string algorithm)
    {
        var parameters = new TokenValidationParameters
        {
            ValidIssuer = Example.Issuer,
            ValidAudience = Example.Audience,
            ValidTypes = ["at+jwt"],
            ValidAlgorithms = [algorithm],
            IssuerSigningKey = algorithm == "HS256"
                ? new SymmetricSecurityKey(System.Text.Encoding.UTF8.GetBytes(Signer.For(algorithm).PublicText))
                : new JsonWebKey(Jwk.Of(Signer.For(algorithm)).ToJsonString()),
            LifetimeValidator = (_, expires, _, _) => expires == Example.Clock.GetUtcNow().AddHours(1),
        };
        var result = await new JsonWebTokenHandler().ValidateTokenAsync(Minter(algorithm).Mint(V1), parameters);
        result.Exception.ShouldBeNull();
        result.Claims["sub"].ShouldBe("siar");
    }

    [Fact]
    public void A_1_0_token_has_all_that_an_access_token_must_have()
    {
        var (header, claims) = Parts(Minter("HS256", "k1").Mint(V1 with { Subject = "alice" }));
        header.ToJsonString().ShouldBe("""{"alg":"HS256","kid":"k1","typ":"at\u002Bjwt"}""");
        claims.Select(c => c.Key).Order().ShouldBe(["aud", "authorization_details", "client_id", "exp", "iat", "iss", "jti", "sub"]);
        claims["sub"]!.GetValue<string>().ShouldBe("alice");
        claims["client_id"]!.GetValue<string>().ShouldBe("alice");
        claims["exp"]!.GetValue<long>().ShouldBe(claims["iat"]!.GetValue<long>() + 3600);
        claims["authorization_details"]!.ToJsonString().ShouldBe(
            """[{"type":"https://mercure.rocks/authorization-detail","actions":["publish"],"topics":[{"match":"p"}]},"""
            + """{"type":"https://mercure.rocks/authorization-detail","actions":["subscribe"],"topics":[{"match":"s"},{"match":"*"}],"payload":{"user":"alice"}}]""");
    }

    [Fact]
    public void A_0_x_token_has_the_mercure_claim_and_only_what_was_asked_for()
    {
        var request = new TokenRequest { Dialect = TokenDialect.V0, Publish = MatcherSet.None, Subscribe = MatcherSet.Of(Matcher.FromSelector("/books/{id}")) };
        var (header, claims) = Parts(Minter("HS256").Mint(request));
        header.ToJsonString().ShouldBe("""{"alg":"HS256","typ":"JWT"}""");
        claims.Select(c => c.Key).Order().ShouldBe(["iat", "mercure"]);
        claims["mercure"]!.ToJsonString().ShouldBe("""{"publish":[],"subscribe":["/books/{id}"]}""");
        Parts(Minter("HS256").Mint(new TokenRequest { Dialect = TokenDialect.V0 })).Claims["mercure"]!.ToJsonString().ShouldBe("{}");
    }

    [Fact]
    public async Task A_URL_pattern_is_minted_as_it_was_written()
    {
        Matcher.TryCreateUrlPattern("/books/:id", Example.Audience, out var pattern, out _).ShouldBeTrue();
        var token = Minter("HS256").Mint(V1 with { Subscribe = MatcherSet.Of(pattern!) });
        var grant = (await Example.ValidatorFor(Signer.For("HS256")).Check(token)).Grant!;
        grant.Subscribe.ShouldBe(MatcherSet.Of(pattern!));
        Refused(V0 with { Subscribe = MatcherSet.Of(pattern!) }, "URI Template");
    }

    [Fact]
    public void What_a_dialect_cannot_say_is_refused_with_a_sentence()
    {
        Refused(V1 with { Issuer = null }, "issuer");
        Refused(V1 with { Audience = null }, "audience");
        Refused(V1 with { Lifetime = null }, "lifetime");
        Refused(V1 with { Payload = JsonSerializer.SerializeToElement("text") }, "payload");
        Refused(V1 with { Publish = MatcherSet.Of(Matcher.FromSelector("/{id}")) }, "URL Pattern");
        Refused(V1 with { Publish = MatcherSet.OfTopics(Topic.Parse("*")) }, "every topic");
        Refused(V0 with { Publish = MatcherSet.OfTopics(Topic.Parse("/{id}")) }, "as a pattern");
        Refused(V0 with { Publish = MatcherSet.OfTopics(Topic.Parse("*")) }, "as a pattern");
    }

    [Fact]
    public void A_topic_that_only_looks_like_a_template_can_be_granted_in_0_x() =>
        Minter("HS256").Mint(V0 with { Publish = MatcherSet.OfTopics(Topic.Parse("{unclosed")) }).ShouldNotBeEmpty();

    private static TokenMinter Minter(string algorithm, string? kid = null) =>
        new(SigningKey.FromText(Signer.For(algorithm).PrivateText, algorithm, kid), Example.Clock);

    private static void Refused(TokenRequest request, string sentence) =>
        Should.Throw<ArgumentException>(() => Minter("HS256").Mint(request)).Message.ShouldContain(sentence);

    private static (JsonNode Header, JsonObject Claims) Parts(string token)
    {
        var parts = token.Split('.');
        return (JsonNode.Parse(Base64UrlEncoder.Decode(parts[0]))!, JsonNode.Parse(Base64UrlEncoder.Decode(parts[1]))!.AsObject());
    }
}
