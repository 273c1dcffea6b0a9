using Siar.Auth.Tests.Support;

namespace Siar.Auth.Tests.Tokens;

public class IssuerTests
{
    private const string A = "https://a.example";
    private const string B = "https://b.example";

    private static readonly Dictionary<(string Issuer, TokenRole Role), Signer> Signers = new()
    {
        [(A, TokenRole.Publish)] = Signer.Secret("the publishers of A"),
        [(A, TokenRole.Subscribe)] = Signer.Secret("the subscribers of A"),
        [(B, TokenRole.Publish)] = Signer.Secret("the publishers of B"),
        [(B, TokenRole.Subscribe)] = Signer.Secret("the subscribers of B"),
    };

    public static TheoryData<string, TokenRole, string, TokenRole> EveryKeyInEveryPlace =>
        [.. from signer in Signers.Keys from place in Signers.Keys select (signer.Issuer, signer.Role, place.Issuer, place.Role)];

    [Theory]
    [MemberData(nameof(EveryKeyInEveryPlace))]
    public async Task A_key_counts_for_its_own_issuer_and_role_only(string keyIssuer, TokenRole keyRole, string issuer, TokenRole role)
    {
        var validator = Example.Validator(configure: options =>
        {
            options.Issuers[A] = KeysOf(A);
            options.Issuers[B] = KeysOf(B);
        });
        var claims = Example.V1Claims();
        claims["iss"] = issuer;

        var result = await validator.Check(Jws.Make(Signers[(keyIssuer, keyRole)], claims), role);

        result.Succeeded.ShouldBe(keyIssuer == issuer && keyRole == role);
        if (!result.Succeeded) result.Kind().ShouldBe(TokenFailureKind.Untrusted);
    }

    [Fact]
    public async Task A_token_that_was_let_in_is_trusted_as_long_as_its_key_and_its_issuer_are()
    {
        var claims = Example.V1Claims();
        claims["iss"] = A;
        var admission = (await Example.Validator(configure: o => o.Issuers[A] = KeysOf(A)).Check(Jws.Make(Signers[(A, TokenRole.Subscribe)], claims), TokenRole.Subscribe)).Grant!.Admission!;
        var ofLegacy = (await Example.Validator().Check(Jws.Make(Example.Subscriber, Example.V0Claims()), TokenRole.Subscribe)).Grant!.Admission!;

        // The same key, read again.
        Example.Validator(configure: o => o.Issuers[A] = KeysOf(A)).Trusts(admission).ShouldBeTrue();
        Example.Validator(configure: o => o.Issuers[A] = KeysOf(B)).Trusts(admission).ShouldBeFalse();
        Example.Validator(configure: o => o.Issuers[A] = new RoleKeys { Publish = KeyOf(A, TokenRole.Subscribe) }).Trusts(admission).ShouldBeFalse();
        Example.Validator(configure: o => o.Issuers[B] = KeysOf(A)).Trusts(admission).ShouldBeFalse();
        var otherAlgorithm = KeySource.Of(VerificationKey.FromSecret("the subscribers of A"u8, "HS512"));
        Example.Validator(configure: o => o.Issuers[A] = RoleKeys.Both(otherAlgorithm)).Trusts(admission).ShouldBeFalse();
        Example.Validator().Trusts(ofLegacy).ShouldBeTrue();
        Example.Validator(configure: o => o.LegacyKeys = null).Trusts(ofLegacy).ShouldBeFalse();
    }

    [Theory]
    [InlineData("\"https://example.org\"")]
    [InlineData("\"https://example.com/\"")]
    [InlineData("\"HTTPS://EXAMPLE.COM\"")]
    [InlineData("\"\"")]
    [InlineData("[\"https://example.com\"]")]
    [InlineData("7")]
    [InlineData("null")]
    public async Task An_issuer_that_is_not_exactly_a_trusted_one_is_refused(string issuer)
    {
        var claims = Example.V1Claims();
        claims["iss"] = System.Text.Json.Nodes.JsonNode.Parse(issuer);
        (await Example.CheckClaims(claims)).Kind().ShouldBe(TokenFailureKind.Untrusted);
    }

    [Fact]
    public async Task A_token_without_an_issuer_is_refused_in_1_0()
    {
        var claims = Example.V1Claims();
        claims.Remove("iss");
        (await Example.CheckClaims(claims)).Kind().ShouldBe(TokenFailureKind.Untrusted);
    }

    [Fact]
    public async Task The_legacy_keys_do_not_serve_1_0_tokens_and_an_issuers_keys_do_not_serve_0_x_tokens()
    {
        var legacy = Signer.Secret("legacy");
        var validator = Example.Validator(configure: options => options.LegacyKeys = RoleKeys.Both(KeySource.Of(VerificationKey.FromSecret("legacy"u8))));

        (await validator.Check(Jws.Make(legacy, Example.V0Claims()))).Succeeded.ShouldBeTrue();
        (await validator.Check(Jws.Make(legacy, Example.V1Claims()))).Kind().ShouldBe(TokenFailureKind.Untrusted);
        (await validator.Check(Jws.Make(Example.Subscriber, Example.V0Claims()))).Kind().ShouldBe(TokenFailureKind.Untrusted);
        (await validator.Check(Jws.Make(Example.Subscriber, Example.V1Claims()))).Succeeded.ShouldBeTrue();
    }

    [Fact]
    public async Task Without_legacy_keys_0_x_tokens_are_refused()
    {
        var validator = Example.Validator(configure: options => options.LegacyKeys = null);
        (await validator.Check(Jws.Make(Example.Subscriber, Example.V0Claims()))).Kind().ShouldBe(TokenFailureKind.Untrusted);
    }

    [Fact]
    public async Task A_role_without_keys_is_closed_and_says_so()
    {
        var subscribers = new RoleKeys { Subscribe = Example.RoleKeys.Subscribe };
        var validator = Example.Validator(configure: options => options.Trust(subscribers, Example.Issuer));

        validator.HasKeysFor(TokenRole.Subscribe).ShouldBeTrue();
        validator.HasKeysFor(TokenRole.Publish).ShouldBeFalse();
        (await validator.Check(Jws.Make(Example.Subscriber, Example.V1Claims()), TokenRole.Publish)).Kind().ShouldBe(TokenFailureKind.Untrusted);
        (await validator.Check(Jws.Make(Example.Subscriber, Example.V0Claims()), TokenRole.Publish)).Kind().ShouldBe(TokenFailureKind.Untrusted);
    }

    private static RoleKeys KeysOf(string issuer) => new() { Publish = KeyOf(issuer, TokenRole.Publish), Subscribe = KeyOf(issuer, TokenRole.Subscribe) };

    private static KeySource KeyOf(string issuer, TokenRole role) => KeySource.Of(VerificationKey.FromText(Signers[(issuer, role)].PublicText));
}
