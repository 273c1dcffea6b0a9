using System.Security.Cryptography;
using Siar.Auth.Tests.Support;
using Siar.Topics;

namespace Siar.Auth.Tests.Keys;

public class SigningKeyTests
{
    [Theory]
    [InlineData("HS256", "HS256")]
    [InlineData("RS512", "RS256")]
    [InlineData("ES256", "ES256")]
    [InlineData("ES384", "ES384")]
    [InlineData("ES512", "ES512")]
    [InlineData("EdDSA", "EdDSA")]
    public void A_key_has_an_algorithm_of_its_own(string key, string algorithm) =>
        SigningKey.FromText(Signer.For(key).PrivateText).Algorithm.ShouldBe(algorithm);

    [Fact]
    public async Task The_old_forms_of_keys_are_read()
    {
        using var rsa = RSA.Create();
        rsa.ImportFromPem(Signer.For("RS256").PrivateText);
        await Makes(rsa.ExportRSAPrivateKeyPem(), Signer.For("RS256"));
        using var ec = ECDsa.Create();
        ec.ImportFromPem(Signer.For("ES384").PrivateText);
        await Makes("-----BEGIN EC PARAMETERS-----\nBgUrgQQAIg==\n-----END EC PARAMETERS-----\n" + ec.ExportECPrivateKeyPem(), Signer.For("ES384"));
    }

    [Fact]
    public void A_key_that_cannot_make_tokens_is_refused_with_a_sentence()
    {
        using var ec = ECDsa.Create(ECCurve.CreateFromFriendlyName("secp256k1"));
        using var small = RSA.Create(1024);
        Refused("", "empty");
        Refused(Signer.For("RS256").PublicText, "no private key");
        Refused(small.ExportPkcs8PrivateKeyPem(), "1024");
        Refused(small.ExportEncryptedPkcs8PrivateKeyPem("x", new PbeParameters(PbeEncryptionAlgorithm.Aes128Cbc, HashAlgorithmName.SHA256, 1)), "encrypted");
        Refused(ec.ExportPkcs8PrivateKeyPem(), "curve");
        Refused("-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----", "cannot be read");
        Should.Throw<ArgumentException>(() => SigningKey.FromText(Signer.For("ES256").PrivateText, "RS256")).Message.ShouldContain("does not fit");
    }

    private static void Refused(string text, string sentence) =>
        Should.Throw<ArgumentException>(() => SigningKey.FromText(text)).Message.ShouldContain(sentence);

    private static async Task Makes(string pem, Signer signer)
    {
        var request = new TokenRequest { Issuer = Example.Issuer, Audience = Example.Audience, Lifetime = TimeSpan.FromMinutes(1), Subscribe = MatcherSet.All };
        var token = new TokenMinter(SigningKey.FromPem(pem), Example.Clock).Mint(request);
        (await Example.ValidatorFor(signer).Check(token)).Failure.ShouldBeNull();
    }
}
