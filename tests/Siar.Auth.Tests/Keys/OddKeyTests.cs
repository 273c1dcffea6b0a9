using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using FsCheck;
using FsCheck.Fluent;
using Siar.Auth.Tests.Support;
using Siar.TestKit;

namespace Siar.Auth.Tests.Keys;

/// <summary>Issuers publish what they publish: a key that is none is left out, and no token makes a set throw.</summary>
public sealed class OddKeyTests
{
    private static readonly Gen<byte[]> Numbers = Gen.Elements<byte[]>(
        [], [0], [1], [2], [3], [1, 0, 1], [0, 1, 0, 1], [0, 0, 0, 1], [.. Enumerable.Repeat((byte)0xff, 4096)], new byte[32], new byte[256], new byte[257],
        Filled(32, 0xff), Filled(48, 0xff), Filled(66, 0xff), Filled(256, 0xff), Filled(256, 0x80), Filled(257, 0x01), Filled(31, 7), Filled(32, 7));

    private static readonly Gen<JsonObject> Keys =
        from kind in Gen.Elements("RSA", "EC", "OKP", "oct", "rsa", "")
        from curve in Gen.Elements("P-256", "P-384", "P-521", "Ed25519", "secp256k1", "")
        from first in Numbers
        from second in Numbers
        from kid in Gen.Elements<string?>(null, "odd", "good", "")
        select new JsonObject
        {
            ["kty"] = kind, ["crv"] = curve, ["n"] = Jws.Encode(first), ["e"] = Jws.Encode(second), ["x"] = Jws.Encode(first), ["y"] = Jws.Encode(second), ["k"] = Jws.Encode(first),
            ["kid"] = kid,
        };

    [Fact]
    public void No_token_makes_a_set_of_odd_keys_throw() => Generated.Check(
        Keys.ListOf().SelectMany(_ => Gen.Elements(Signer.Algorithms), (keys, alg) => (keys, alg)),
        given =>
        {
            var good = Signer.For("ES256");
            var set = Jwk.Set([.. given.keys.Select(k => (JsonObject)k.DeepClone()), Jwk.Of(good, "good")]);
            var validator = Validator(VerificationKey.FromJwks(set));

            foreach (var kid in new[] { null, "odd", "good" })
            {
                Check(validator, Jws.Make(good, Example.V1Claims(), kid: kid)).Failure.ShouldBeNull();
                if (given.alg[..2] != "HS") Check(validator, Jws.Make(Signer.Stranger(given.alg), Example.V1Claims(), kid: kid)).Succeeded.ShouldBeFalse();
            }
        },
        300);

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(0)]
    public void Nobody_signs_with_an_exponent_that_gives_the_message_away(byte exponent)
    {
        // To the power of one a signature is the padded hash itself: everybody can make it.
        var odd = Jwk.Of(Signer.For("RS256"), "odd");
        odd["e"] = Jws.Encode([exponent]);
        var validator = Validator(VerificationKey.FromJwks(Jwk.Set(odd, Jwk.Of(Signer.For("ES256"), "good"))));
        var input = $"{Jws.Encode("""{"alg":"RS256","typ":"at+jwt","kid":"odd"}""")}.{Jws.Encode(Example.V1Claims().ToJsonString())}";
        byte[] info = [.. Convert.FromHexString("3031300d060960864801650304020105000420"), .. SHA256.HashData(Encoding.ASCII.GetBytes(input))];
        byte[] padded = [0, 1, .. Filled(256 - 3 - info.Length, 0xff), 0, .. info];

        Check(validator, $"{input}.{Jws.Encode(padded)}").Kind().ShouldBe(TokenFailureKind.Untrusted);
    }

    [Fact]
    public void A_modulus_with_a_zero_before_it_is_the_same_modulus()
    {
        var signer = Signer.For("RS256");
        var key = Jwk.Of(signer);
        key["n"] = Jws.Encode([0, .. System.Buffers.Text.Base64Url.DecodeFromChars((string)key["n"]!)]);

        Check(Validator(VerificationKey.FromJwks(Jwk.Set(key))), Jws.Make(signer, Example.V1Claims())).Failure.ShouldBeNull();
    }

    [Fact]
    public async Task A_key_that_is_left_out_is_told_once()
    {
        var odd = Jwk.Of(Signer.For("RS256"), "odd");
        odd["n"] = Jws.Encode(new byte[256]);
        var told = new List<string>();
        using var http = new HttpClient(new KeyServer { Set = Jwk.Set(odd, Jwk.Of(Signer.For("ES256"), "good")) });
        var clock = new ManualTimeProvider();
        var options = new JwksEndpointOptions { Url = new Uri("https://issuer.example/keys"), OnKeySkipped = told.Add };
        var source = new JwksEndpoint(options, http, clock);
        for (var i = 0; i < 3; i++)
        {
            (await source.RefreshAsync(await source.GetAsync(TestContext.Current.CancellationToken), TestContext.Current.CancellationToken)).Keys.Length.ShouldBe(1);
            clock.Advance(options.MinInterval);
        }

        told.ShouldHaveSingleItem().ShouldBe("The key \"odd\" of a JSON Web Key Set is left out: The modulus of the RSA key is zero or even.");
    }

    [Fact]
    public void A_set_given_as_text_tells_it_too()
    {
        var odd = Jwk.Of(Signer.For("ES256"));
        odd["x"] = Jws.Encode(new byte[32]);
        var told = new List<string>();

        VerificationKey.FromText(Jwk.Set(odd, Jwk.Of(Signer.For("RS256"))), [], told.Add).Length.ShouldBe(1);

        told.ShouldHaveSingleItem().ShouldStartWith("The key without a name of a JSON Web Key Set is left out: ");
    }

    private static byte[] Filled(int length, byte value) => [.. Enumerable.Repeat(value, length)];

    private static TokenValidator Validator(IEnumerable<VerificationKey> keys) => Example.Validator(configure: options =>
    {
        options.Issuers.Clear();
        options.Issuers[Example.Issuer] = RoleKeys.Both(KeySource.Of(keys));
    });

    private static TokenResult Check(TokenValidator validator, string token)
    {
        var check = validator.ValidateAsync(token, TokenRole.Subscribe, Example.Audience);
        return check.IsCompletedSuccessfully ? check.Result : throw new InvalidOperationException($"The validator waited or threw: {check.AsTask().Exception}");
    }
}
