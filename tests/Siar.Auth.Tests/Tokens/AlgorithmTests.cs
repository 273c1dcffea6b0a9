using System.Buffers.Text;
using Siar.Auth.Tests.Support;

namespace Siar.Auth.Tests.Tokens;

public class AlgorithmTests
{
    public static TheoryData<string> Algorithms => [.. Signer.Algorithms];

    public static TheoryData<string, string> Pairs => [.. Signer.Algorithms.SelectMany(a => Signer.Algorithms.Where(b => b != a).Select(b => (a, b)))];

    [Theory]
    [MemberData(nameof(Algorithms))]
    public async Task A_token_made_with_the_key_is_accepted(string algorithm)
    {
        var signer = Signer.For(algorithm);
        var result = await Example.ValidatorFor(signer, algorithm).Check(Jws.Make(signer, Example.V1Claims()));
        result.Failure.ShouldBeNull();
    }

    [Theory]
    [MemberData(nameof(Algorithms))]
    public async Task A_token_made_with_another_key_of_the_same_kind_is_not(string algorithm)
    {
        var result = await Example.ValidatorFor(Signer.For(algorithm), algorithm).Check(Jws.Make(Signer.Stranger(algorithm), Example.V1Claims()));
        result.Kind().ShouldBe(TokenFailureKind.Untrusted);
    }

    [Theory]
    [MemberData(nameof(Algorithms))]
    public async Task A_token_whose_claims_were_changed_is_not(string algorithm)
    {
        var signer = Signer.For(algorithm);
        var parts = Jws.Make(signer, Example.V1Claims()).Split('.');
        var changed = Example.V1Claims(Example.Detail("subscribe", "*"));
        var result = await Example.ValidatorFor(signer, algorithm).Check($"{parts[0]}.{Jws.Encode(changed.ToJsonString())}.{parts[2]}");
        result.Kind().ShouldBe(TokenFailureKind.Untrusted);
    }

    [Theory]
    [MemberData(nameof(Algorithms))]
    public async Task A_token_whose_signature_is_cut_off_or_longer_is_not(string algorithm)
    {
        var signer = Signer.For(algorithm);
        var parts = Jws.Make(signer, Example.V1Claims()).Split('.');
        var signature = Base64Url.DecodeFromChars(parts[2]);
        var validator = Example.ValidatorFor(signer, algorithm);
        foreach (var bad in new byte[][] { [], [0], signature[1..], signature[..^1], [.. signature, 0], [0, .. signature], new byte[signature.Length], new byte[5000] })
        {
            (await validator.Check($"{parts[0]}.{parts[1]}.{Jws.Encode(bad)}")).Kind().ShouldBe(TokenFailureKind.Untrusted, $"{bad.Length} bytes");
        }
    }

    [Theory]
    [InlineData("RS256")]
    [InlineData("PS256")]
    public async Task An_RSA_signature_without_its_leading_zero_is_not(string algorithm)
    {
        var signer = Signer.For(algorithm);
        var validator = Example.ValidatorFor(signer, algorithm);
        for (var i = 0; ; i++)
        {
            var claims = Example.V1Claims();
            claims["jti"] = $"{i}";
            var parts = Jws.Make(signer, claims).Split('.');
            var signature = Base64Url.DecodeFromChars(parts[2]);
            if (signature[0] != 0) continue;
            (await validator.Check($"{parts[0]}.{parts[1]}.{Jws.Encode(signature[1..])}")).Kind().ShouldBe(TokenFailureKind.Untrusted);
            return;
        }
    }

    [Theory]
    [MemberData(nameof(Pairs))]
    public async Task A_key_is_used_only_with_the_algorithms_it_was_given_for(string allowed, string used)
    {
        var result = await Example.ValidatorFor(Signer.For(allowed), allowed).Check(Jws.Make(Signer.For(used), Example.V1Claims()));
        result.Kind().ShouldBe(TokenFailureKind.Untrusted);
    }

    [Theory]
    [MemberData(nameof(Pairs))]
    public void A_key_cannot_be_given_for_an_algorithm_of_another_kind(string key, string algorithm)
    {
        // An RSA key fits six algorithms and a secret three; a curve has one of its own.
        string[][] families = [["HS256", "HS384", "HS512"], ["RS256", "RS384", "RS512", "PS256", "PS384", "PS512"]];
        if (families.Any(f => f.Contains(key) && f.Contains(algorithm))) VerificationKey.FromText(Signer.For(key).PublicText, algorithm).ShouldNotBeEmpty();
        else Should.Throw<ArgumentException>(() => VerificationKey.FromText(Signer.For(key).PublicText, algorithm));
    }

    [Theory]
    [InlineData("none")]
    [InlineData("None")]
    [InlineData("NONE")]
    [InlineData("nOnE")]
    [InlineData("")]
    [InlineData("hs256")]
    [InlineData("HS256 ")]
    public async Task No_signature_is_never_good_enough(string algorithm)
    {
        var unsigned = $"{Jws.Encode($$"""{"alg":"{{algorithm}}","typ":"at+jwt"}""")}.{Jws.Encode(Example.V1Claims().ToJsonString())}.";
        (await Example.Validator().Check(unsigned)).Kind().ShouldBe(TokenFailureKind.Untrusted);

        var signed = Jws.Make(Example.Subscriber, $$"""{"alg":"{{algorithm}}","typ":"at+jwt"}""", Example.V1Claims().ToJsonString());
        (await Example.Validator().Check(signed)).Kind().ShouldBe(TokenFailureKind.Untrusted);
    }

    [Fact]
    public async Task A_secret_is_pinned_to_HS256_unless_told_otherwise()
    {
        var validator = Example.ValidatorFor(Signer.For("HS256"));
        (await validator.Check(Jws.Make(Signer.For("HS256"), Example.V1Claims()))).Succeeded.ShouldBeTrue();
        (await validator.Check(Jws.Make(Signer.For("HS512"), Example.V1Claims()))).Kind().ShouldBe(TokenFailureKind.Untrusted);
    }
}
