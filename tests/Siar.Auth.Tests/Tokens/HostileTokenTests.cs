using FsCheck;
using FsCheck.Fluent;
using Siar.Auth.Tests.Support;
using Siar.TestKit;

namespace Siar.Auth.Tests.Tokens;

/// <summary>No token makes the validator throw, and none without a trusted signature gets a grant.</summary>
public class HostileTokenTests
{
    private static readonly TokenValidator Hub = AllKeys();

    private static readonly Gen<string> Fragments = Gen.Elements(
        "", ".", "..", "...", "....", "a.b.c", "eyJ", "e30", "e30.e30.", "=", "\0", "\r\n", "é", "\ud800", "none", "{", "}", "bnVsbA", "W10", "IiI",
        Jws.Encode("""{"alg":"HS256"}"""), Jws.Encode("""{"alg":"none"}"""), Jws.Encode("""{"mercure":{"publish":["*"]}}"""));

    // JSON texts that readers disagree about, or that a naive one chokes on.
    private static readonly Gen<string> Values = Gen.Elements(
        "null", "true", "0", "-0", "1e999", "-1e999", "1e-999", "123456789012345678901234567890", "0.1", "\"\"", "\"*\"", "\"\\ud800\"", "\"\\u0000\"",
        "\"a\\nb\"", "[]", "[[]]", "{}", "{\"\\ud800\":1}", "{\"a\":1,\"a\":2}", "{\"a\":1,\"\\u0061\":2}", "[null]", "[1,\"a\",{}]", "NaN", "01", "'a'", "[1,]", "/**/1",
        new string('[', 60) + new string(']', 60), new string('[', 100_000), "\"" + new string('x', 5000) + "\"", "\ufeff1",
        "{\"match\":\"a\"}", "[{\"match\":\"a\",\"match_type\":\"urlpattern\"}]", "[\"publish\",\"subscribe\"]", "\"https://mercure.rocks/authorization-detail\"");

    private static readonly Gen<string> Names = Gen.Elements(
        "iss", "aud", "exp", "nbf", "sub", "mercure", "https://mercure.rocks/", "authorization_details", "type", "actions", "topics", "match", "match_type",
        "payload", "publish", "subscribe", "alg", "typ", "kid", "crit", "b64", "zip", "jwk", "\\ud800", "\\u0061lg", "");

    private static readonly Gen<string> Jsons = Gen.Sized(size => Json(Math.Min(size, 4)));

    [Fact]
    public void Text_of_any_kind() => Generated.Check(
        Gen.Frequency((3, Fragments.ListOf().Select(string.Concat)), (1, ArbMap.Default.GeneratorFor<string>().Where(s => s is not null))),
        text => Refused(Hub, text),
        2000);

    [Fact]
    public void A_good_token_with_any_one_character_changed()
    {
        foreach (var signer in new[] { Signer.For("HS256"), Signer.For("ES256"), Signer.For("EdDSA") })
        {
            var good = Jws.Make(signer, Example.V1Claims());
            Check(Hub, good).Failure.ShouldBeNull();
            Generated.Check(Gen.Choose(0, good.Length - 1).SelectMany(_ => Gen.Elements("A.-_=+/ \0é".ToCharArray()), (at, c) => (at, c)), change =>
            {
                var bad = good[..change.at] + change.c + good[(change.at + 1)..];

                // The last character of a part may hold bits that the decoder drops, so that the same bytes can be written differently.
                var result = Check(Hub, bad);
                if (result.Succeeded) Decoded(bad).ShouldBe(Decoded(good));
            });
        }
    }

    [Theory]
    [InlineData(" ")]
    [InlineData("\n")]
    [InlineData("=")]
    [InlineData("==")]
    [InlineData("+")]
    [InlineData("/")]
    [InlineData("\0")]
    [InlineData("é")]
    public void Base64url_is_taken_by_the_letter(string foreign)
    {
        var parts = Jws.Make(Signer.For("HS256"), Example.V1Claims()).Split('.');
        for (var part = 0; part < 3; part++)
        {
            foreach (var at in new[] { 0, 4, parts[part].Length })
            {
                string[] bad = [.. parts];
                bad[part] = parts[part].Insert(at, foreign);
                Check(Hub, string.Join('.', bad)).Kind().ShouldBe(TokenFailureKind.Malformed);
            }
        }
    }

    [Fact]
    public void A_header_of_any_shape_over_good_claims() => Generated.Check(Jsons, header =>
    {
        var token = Jws.Make(Signer.For("HS256"), header, Example.V1Claims().ToJsonString());
        Check(Hub, token);
    });

    [Fact]
    public void Claims_of_any_shape_under_a_good_signature() => Generated.Check(Jsons, claims =>
    {
        foreach (var role in new[] { TokenRole.Publish, TokenRole.Subscribe })
        {
            Check(Hub, Jws.Make(Signer.For("HS256"), """{"alg":"HS256","typ":"at+jwt"}""", claims), role);
        }
    }, 3000);

    [Fact]
    public void One_claim_of_any_shape_among_good_ones() => Generated.Check(Names.SelectMany(_ => Jsons, (name, json) => (name, json)), given =>
    {
        foreach (var claims in new[] { Example.V1Claims(), Example.V0Claims() })
        {
            claims.Remove(given.name);
            var text = $$"""{"{{given.name}}":{{given.json}},{{claims.ToJsonString()[1..]}}""";
            Check(Hub, Jws.Make(Signer.For("HS256"), """{"alg":"HS256","typ":"at+jwt"}""", text));
        }
    }, 3000);

    [Fact]
    public void A_signature_of_any_bytes() => Generated.Check(
        Gen.Elements(Signer.Algorithms).SelectMany(_ => ArbMap.Default.GeneratorFor<byte[]>(), (alg, bytes) => (alg, bytes ?? [])),
        given => Refused(Hub, $"{Jws.Encode($$"""{"alg":"{{given.alg}}","typ":"at+jwt"}""")}.{Jws.Encode(Example.V1Claims().ToJsonString())}.{Jws.Encode(given.Item2)}"));

    [Fact]
    public void Bytes_that_are_no_UTF_8_are_no_claims()
    {
        foreach (var bad in new byte[][] { [0xff], [0xc0, 0x80], [0xed, 0xa0, 0x80], [0xf4, 0x90, 0x80, 0x80], [0xe2, 0x82] })
        {
            byte[] claims = [.. "{\"iss\":\"https://example.com\",\"sub\":\""u8, .. bad, .. "\"}"u8];
            Check(Hub, Jws.Make(Signer.For("HS256"), "{\"alg\":\"HS256\"}"u8.ToArray(), claims)).Kind().ShouldBe(TokenFailureKind.Malformed);
        }
    }

    [Theory]
    [InlineData("""{"alg":"HS256","alg":"none"}""", "{}")]
    [InlineData("""{"alg":"HS256","\u0061lg":"none"}""", "{}")]
    [InlineData("""{"alg":"HS256"}""", """{"mercure":{"publish":[]},"mercure":{"publish":["*"]}}""")]
    [InlineData("""{"alg":"HS256"}""", """{"mercure":{"publish":[],"publish":["*"]}}""")]
    [InlineData("""{"alg":"HS256"} """ + "\0", "{}")]
    [InlineData("""{"alg":"HS256"}""", "{}{}")]
    [InlineData("""{"alg":"HS256"}""", "[]")]
    [InlineData("""{"alg":"HS256"}""", "\ufeff{}")]
    [InlineData("""{}""", "{}")]
    [InlineData("""{"alg":7}""", "{}")]
    [InlineData("""{"alg":"HS256","kid":7}""", "{}")]
    [InlineData("""{"alg":"HS256","typ":[]}""", "{}")]
    public void A_text_that_two_readers_could_read_differently_is_refused(string header, string claims) =>
        Check(Hub, Jws.Make(Signer.For("HS256"), header, claims)).Kind().ShouldBe(TokenFailureKind.Malformed);

    [Fact]
    public void A_token_beyond_the_limit_is_not_read()
    {
        var claims = Example.V1Claims();
        claims["padding"] = new string('x', 128 * 1024);
        Check(Hub, Jws.Make(Signer.For("HS256"), claims)).Kind().ShouldBe(TokenFailureKind.Malformed);
        claims["padding"] = new string('x', 64 * 1024);
        Check(Hub, Jws.Make(Signer.For("HS256"), claims)).Failure.ShouldBeNull();
    }

    [Fact]
    public void A_reason_is_one_line_whatever_the_token_says()
    {
        var claims = Example.V1Claims();
        claims["iss"] = "x\r\nINFO all is well \u2028\"" + new string('y', 1000);
        var reason = Check(Hub, Jws.Make(Signer.For("HS256"), claims)).Failure!.Reason;
        reason.ShouldAllBe(c => c >= ' ' && c <= '~');
        reason.ShouldContain("""x\u000d\u000aINFO all is well \u2028\u0022yyy""");
        reason.Length.ShouldBeLessThan(300);
    }

    private static Gen<string> Json(int depth) => depth == 0
        ? Values
        : Gen.Frequency(
            (2, Values),
            (1, UpToFour(Json(depth - 1)).Select(items => $"[{string.Join(',', items)}]")),
            (3, UpToFour(Names.SelectMany(_ => Json(depth - 1), (name, value) => $"\"{name}\":{value}")).Select(members => $"{{{string.Join(',', members)}}}")));

    private static Gen<string[]> UpToFour(Gen<string> items) => Gen.Choose(0, 4).SelectMany(items.ArrayOf);

    private static void Refused(TokenValidator validator, string token) => Check(validator, token).Succeeded.ShouldBeFalse(token);

    private static TokenResult Check(TokenValidator validator, string token, TokenRole role = TokenRole.Subscribe)
    {
        // With fixed keys there is nothing to wait for.
        var check = validator.ValidateAsync(token, role, Example.Audience);
        return check.IsCompletedSuccessfully ? check.Result : throw new InvalidOperationException($"The validator waited or threw: {check.AsTask().Exception}");
    }

    private static string Decoded(string token) =>
        string.Join('.', token.Split('.').Select(part => Convert.ToHexString(Microsoft.IdentityModel.Tokens.Base64UrlEncoder.DecodeBytes(part))));

    private static TokenValidator AllKeys()
    {
        var keys = RoleKeys.Both(KeySource.Of(Signer.Algorithms.SelectMany(a => VerificationKey.FromText(Signer.For(a).PublicText, a))));
        return Example.Validator(configure: options => options.Trust(keys, Example.Issuer));
    }
}
