using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text.Json.Nodes;
using Siar.Auth.Tests.Support;

namespace Siar.Auth.Tests.Keys;

public class VerificationKeyTests
{
    [Fact]
    public async Task A_certificate_counts_as_its_key()
    {
        using var rsa = RSA.Create();
        rsa.ImportFromPem(Signer.For("RS256").PrivateText);
        var request = new CertificateRequest("CN=issuer", rsa, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1);
        using var certificate = request.CreateSelfSigned(Example.Clock.GetUtcNow().AddYears(-3), Example.Clock.GetUtcNow().AddYears(-2));
        await Accepts(VerificationKey.FromPem(certificate.ExportCertificatePem()), Signer.For("RS256"));
    }

    [Fact]
    public async Task The_old_form_of_an_RSA_key_is_read()
    {
        using var rsa = RSA.Create();
        rsa.ImportFromPem(Signer.For("RS256").PublicText);
        await Accepts(VerificationKey.FromPem(rsa.ExportRSAPublicKeyPem()), Signer.For("PS384"));
    }

    [Fact]
    public async Task A_PEM_text_may_hold_several_keys_of_several_kinds()
    {
        var keys = VerificationKey.FromPem("old key\n" + Signer.Stranger("RS256").PublicText + "\nnew ones\n" + Signer.For("ES256").PublicText + "\n" + Signer.For("EdDSA").PublicText);
        keys.Length.ShouldBe(3);
        await Accepts(keys, Signer.Stranger("RS512"));
        await Accepts(keys, Signer.For("ES256"));
        await Accepts(keys, Signer.For("EdDSA"));
    }

    [Theory]
    [InlineData("short")]
    [InlineData("!ChangeThisMercureHubJWTSecretKey!")]
    [InlineData("a secret of more than the 128 bytes that are one block of SHA-512, which HMAC therefore hashes before it uses it: so this one goes on for a while")]
    public async Task A_secret_of_any_length_is_the_same_as_everywhere_else(string secret)
    {
        foreach (var algorithm in new[] { "HS256", "HS384", "HS512" })
        {
            await Accepts(VerificationKey.FromText(secret, algorithm), Signer.Secret(secret, algorithm));
        }
    }

    [Theory]
    [InlineData("")]
    [InlineData("-----BEGIN PUBLIC KEY-----\nAAAA\n-----END PUBLIC KEY-----")]
    [InlineData("-----BEGIN PUBLIC KEY-----")]
    [InlineData("-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----")]
    [InlineData("-----BEGIN RSA PUBLIC KEY-----\nAAAA\n-----END RSA PUBLIC KEY-----")]
    [InlineData("-----BEGIN GREETING-----\nAAAA\n-----END GREETING-----")]
    [InlineData("""{"keys":[]}""")]
    [InlineData("""{"keys":7}""")]
    [InlineData("""{"keys":[{"kty":"oct","k":"c2VjcmV0"}]}""")]
    [InlineData("""{"keys":[""")]
    public void A_text_that_holds_no_key_is_refused_with_a_sentence(string text) =>
        Should.Throw<ArgumentException>(() => VerificationKey.FromText(text)).Message.ShouldNotBeNullOrWhiteSpace();

    [Fact]
    public void A_private_key_has_no_business_in_a_hub() =>
        Should.Throw<ArgumentException>(() => VerificationKey.FromText(Signer.For("RS256").PrivateText)).Message.ShouldContain("private");

    [Fact]
    public void A_key_that_is_too_small_is_refused()
    {
        using var rsa = RSA.Create(1024);
        Should.Throw<ArgumentException>(() => VerificationKey.FromPem(rsa.ExportSubjectPublicKeyInfoPem())).Message.ShouldContain("1024");
    }

    [Fact]
    public void A_curve_that_JWS_has_no_algorithm_for_is_refused()
    {
        using var ec = ECDsa.Create(ECCurve.CreateFromFriendlyName("secp256k1"));
        Should.Throw<ArgumentException>(() => VerificationKey.FromPem(ec.ExportSubjectPublicKeyInfoPem()));
    }

    [Fact]
    public async Task A_set_gives_each_key_that_can_check_signatures_and_leaves_the_others_out()
    {
        var encrypting = Jwk.Of(Signer.Stranger("RS256"), "enc");
        encrypting["use"] = "enc";
        var signing = Jwk.Of(Signer.Stranger("RS256"), "ops");
        signing["key_ops"] = new JsonArray("sign");
        var offCurve = Jwk.Of(Signer.For("ES256"), "off");
        offCurve["x"] = offCurve["y"]!.GetValue<string>();
        var incomplete = Jwk.Of(Signer.For("RS256"), "half");
        incomplete.Remove("n");
        var odd = new JsonObject { ["kty"] = "AKP", ["alg"] = "ML-DSA-44", ["pub"] = "AA", ["kid"] = "odd" };
        var good = Jwk.Of(Signer.For("RS256"), "good");
        good["use"] = "sig";
        good["key_ops"] = new JsonArray("verify");

        var keys = VerificationKey.FromJwks(Jwk.Set(encrypting, signing, offCurve, incomplete, odd, Jwk.Of(Signer.For("HS256"), "secret"), good));

        keys.Select(k => k.KeyId).ShouldBe(["good"]);
        await Accepts(keys, Signer.For("RS256"));
    }

    [Theory]
    [InlineData("RS256")]
    [InlineData("PS512")]
    [InlineData("ES256")]
    [InlineData("ES384")]
    [InlineData("ES512")]
    [InlineData("EdDSA")]
    public async Task A_set_may_hold_keys_of_every_kind(string algorithm) =>
        await Accepts(VerificationKey.FromJwks(Jwk.Set(Jwk.Of(Signer.For(algorithm)))), Signer.For(algorithm));

    [Fact]
    public async Task A_key_of_a_set_that_names_its_algorithm_is_for_that_one()
    {
        var jwk = Jwk.Of(Signer.For("RS256"));
        jwk["alg"] = "RS384";
        var keys = VerificationKey.FromJwks(Jwk.Set(jwk));
        keys[0].Algorithms.ShouldBe(["RS384"]);
        await Accepts(keys, Signer.For("RS384"));
        await Refuses(keys, Signer.For("RS256"));
        Should.Throw<ArgumentException>(() => VerificationKey.FromJwks(Jwk.Set(jwk.DeepClone().AsObject()), "RS256"));
    }

    [Fact]
    public async Task A_secret_in_a_set_counts_only_when_asked_for()
    {
        var set = Jwk.Set(Jwk.Of(Signer.For("HS256")));
        Should.Throw<ArgumentException>(() => VerificationKey.FromJwks(set));
        await Accepts(VerificationKey.FromJwks(set, "HS256"), Signer.For("HS256"));
    }

    [Fact]
    public void A_set_has_a_limit() => Should.Throw<ArgumentException>(() =>
        VerificationKey.FromJwks(Jwk.Set([.. Enumerable.Range(0, 101).Select(i => Jwk.Of(Signer.For("EdDSA"), $"k{i}"))]))).Message.ShouldContain("100");

    private static async Task Accepts(IEnumerable<VerificationKey> keys, Signer signer) => (await Check(keys, signer)).Failure.ShouldBeNull();

    private static async Task Refuses(IEnumerable<VerificationKey> keys, Signer signer) => (await Check(keys, signer)).Kind().ShouldBe(TokenFailureKind.Untrusted);

    private static Task<TokenResult> Check(IEnumerable<VerificationKey> keys, Signer signer) =>
        Example.Validator(configure: o => o.Issuers[Example.Issuer] = RoleKeys.Both(KeySource.Of(keys))).Check(Jws.Make(signer, Example.V1Claims()));
}
