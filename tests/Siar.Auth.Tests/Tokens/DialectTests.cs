using System.Text.Json.Nodes;
using Siar.Auth.Tests.Support;

namespace Siar.Auth.Tests.Tokens;

/// <summary>The token's claims decide its dialect, and 1.0 where neither dialect's is there.</summary>
public class DialectTests
{
    private static readonly Signer Shared = Signer.Secret("!ChangeThisMercureHubJWTSecretKey!");

    [Fact]
    public async Task One_secret_for_each_role_accepts_both_dialects()
    {
        var keys = RoleKeys.Both(KeySource.Of(VerificationKey.FromText("!ChangeThisMercureHubJWTSecretKey!")));
        var validator = Example.Validator(configure: options => options.Trust(keys, "https://localhost"));
        var claims = Example.V1Claims();
        claims["iss"] = "https://localhost";

        var v1 = await validator.Check(Jws.Make(Shared, claims), TokenRole.Publish);
        var v0 = await validator.Check(Jws.Make(Shared, Example.V0Claims(), typ: "JWT"), TokenRole.Publish);

        v1.Grant!.Dialect.ShouldBe(TokenDialect.V1);
        v0.Grant!.Dialect.ShouldBe(TokenDialect.V0);
    }

    [Theory]
    [InlineData("mercure")]
    [InlineData("https://mercure.rocks/")]
    public async Task Either_name_of_the_0_x_claim_makes_a_0_x_token(string claim) =>
        (await Example.CheckClaims(Example.V0Claims(claim))).Grant!.Dialect.ShouldBe(TokenDialect.V0);

    [Fact]
    public async Task Where_both_are_there_1_0_wins_with_its_stricter_rules()
    {
        var claims = Example.V1Claims();
        claims["mercure"] = new JsonObject { ["subscribe"] = new JsonArray("*") };
        var result = await Example.CheckClaims(claims);
        result.Grant!.Dialect.ShouldBe(TokenDialect.V1);
        result.Grant.Subscribe.IsAll.ShouldBeFalse();

        (await Example.Validator().Check(Jws.Make(Example.Subscriber, claims, typ: "JWT"))).Succeeded.ShouldBeFalse();
    }

    [Fact]
    public async Task Details_of_foreign_types_alone_do_not_make_a_1_0_token()
    {
        var claims = Example.V0Claims();
        claims["authorization_details"] = new JsonArray(new JsonObject { ["type"] = "payment" });
        (await Example.CheckClaims(claims)).Grant!.Dialect.ShouldBe(TokenDialect.V0);
    }

    [Fact]
    public async Task Where_neither_is_there_the_token_is_a_1_0_token_that_grants_nothing()
    {
        var claims = Example.V1Claims();
        claims.Remove("authorization_details");
        var result = await Example.CheckClaims(claims, TokenRole.Publish);
        result.Grant!.Dialect.ShouldBe(TokenDialect.V1);
        result.Grant.Publish.Matchers.ShouldBeEmpty();
        result.Grant.HasPublishClaim.ShouldBeFalse();

        claims.Remove("exp");
        (await Example.CheckClaims(claims)).Succeeded.ShouldBeFalse();
    }

    [Fact]
    public async Task A_claim_that_is_null_is_not_there()
    {
        var claims = Example.V1Claims();
        claims["mercure"] = null;
        claims.Remove("authorization_details");
        (await Example.CheckClaims(claims)).Grant!.Dialect.ShouldBe(TokenDialect.V1);
    }
}
