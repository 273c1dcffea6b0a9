using System.Text;
using System.Text.Json.Nodes;
using Siar.Auth.Tests.Support;

namespace Siar.Auth.Tests.Tokens;

/// <summary>Attacks that make a verifier use a key for what it is not, or take one from the token.</summary>
public class KeyConfusionTests
{
    [Theory]
    [InlineData("RS256")]
    [InlineData("ES256")]
    [InlineData("EdDSA")]
    public async Task The_public_key_is_no_secret_whatever_form_the_attacker_takes_it_in(string algorithm)
    {
        var issuer = Signer.For(algorithm);
        var pem = issuer.PublicText;
        var der = Convert.FromBase64String(string.Concat(pem.Split('\n').Where(line => !line.StartsWith('-'))));
        var validator = Example.ValidatorFor(issuer);

        foreach (var secret in new[] { pem, pem.TrimEnd('\n'), pem + "\n", Encoding.Latin1.GetString(der), Jws.Encode(der) })
        {
            (await validator.Check(Jws.Make(Signer.Secret(secret), Example.V1Claims()))).Kind().ShouldBe(TokenFailureKind.Untrusted);
        }
    }

    [Theory]
    [InlineData("jwk")]
    [InlineData("jku")]
    [InlineData("x5u")]
    [InlineData("x5c")]
    public async Task A_key_that_comes_with_the_token_is_not_looked_at(string member)
    {
        var attacker = Signer.Stranger("RS256");
        var header = new JsonObject { ["alg"] = "RS256", ["typ"] = "at+jwt", [member] = member switch
        {
            "jwk" => Jwk.Of(attacker),
            "x5c" => new JsonArray("MIIB"),
            _ => "https://attacker.example/keys",
        } };
        var token = Jws.Make(attacker, header.ToJsonString(), Example.V1Claims().ToJsonString());
        (await Example.ValidatorFor(Signer.For("RS256")).Check(token)).Kind().ShouldBe(TokenFailureKind.Untrusted);
    }

    [Fact]
    public async Task A_kid_is_a_hint_among_trusted_keys()
    {
        var signer = Signer.For("ES256");
        var keys = VerificationKey.FromJwks(Jwk.Set(Jwk.Of(Signer.Stranger("ES256"), "other"), Jwk.Of(signer, "right")));
        var validator = Example.Validator(configure: o => o.Issuers[Example.Issuer] = RoleKeys.Both(KeySource.Of(keys)));
        foreach (var kid in new[] { null, "right", "other", "../../etc/passwd", "' OR 1=1" })
        {
            (await validator.Check(Jws.Make(signer, Example.V1Claims(), kid: kid))).Failure.ShouldBeNull($"kid {kid}");
        }

        (await validator.Check(Jws.Make(Signer.For("ES384"), Example.V1Claims(), kid: "right"))).Kind().ShouldBe(TokenFailureKind.Untrusted);
    }

    [Fact]
    public async Task An_extension_that_the_token_calls_critical_is_refused()
    {
        var token = Jws.Make(Example.Subscriber, """{"alg":"HS256","typ":"at+jwt","crit":["b64"],"b64":false}""", Example.V1Claims().ToJsonString());
        (await Example.Validator().Check(token)).Kind().ShouldBe(TokenFailureKind.Malformed);
    }
}
