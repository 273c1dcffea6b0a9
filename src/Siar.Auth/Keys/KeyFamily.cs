using System.Collections.Immutable;
using Microsoft.IdentityModel.Tokens;

namespace Siar.Auth;

/// <summary>
/// A kind of key and the JWS algorithms (RFC 7518 section 3.1, RFC 8037) that fit it. An algorithm never meets a key of another family, so a
/// public key cannot serve as an HMAC secret.
/// </summary>
internal sealed class KeyFamily
{
    public const string EdDsa = "EdDSA";

    // RFC 7518 sections 3.3 and 3.5: "A key of size 2048 bits or larger MUST be used". The library is content with less.
    private const int MinRsaBits = 2048;

    private KeyFamily(string name, params ImmutableArray<string> algorithms)
    {
        Name = name;
        Algorithms = algorithms;
    }

    public static KeyFamily Secret { get; } = new("an HMAC secret", SecurityAlgorithms.HmacSha256, SecurityAlgorithms.HmacSha384, SecurityAlgorithms.HmacSha512);

    public static KeyFamily Rsa { get; } = new(
        "an RSA key",
        SecurityAlgorithms.RsaSha256, SecurityAlgorithms.RsaSha384, SecurityAlgorithms.RsaSha512,
        SecurityAlgorithms.RsaSsaPssSha256, SecurityAlgorithms.RsaSsaPssSha384, SecurityAlgorithms.RsaSsaPssSha512);

    public static KeyFamily P256 { get; } = new("a P-256 key", SecurityAlgorithms.EcdsaSha256);

    public static KeyFamily P384 { get; } = new("a P-384 key", SecurityAlgorithms.EcdsaSha384);

    public static KeyFamily P521 { get; } = new("a P-521 key", SecurityAlgorithms.EcdsaSha512);

    public static KeyFamily Ed25519 { get; } = new("an Ed25519 key", EdDsa);

    /// <summary>The algorithms of key pairs: what a set of published keys may be used with unless somebody says otherwise.</summary>
    public static ImmutableArray<string> Asymmetric { get; } =
        [EdDsa, .. P256.Algorithms, .. P384.Algorithms, .. P521.Algorithms, .. Rsa.Algorithms];

    public string Name { get; }

    public ImmutableArray<string> Algorithms { get; }

    /// <summary>Checks that every algorithm fits, and that the key is large enough.</summary>
    /// <exception cref="ArgumentException">One does not, or it is not.</exception>
    public ImmutableArray<string> Require(SecurityKey key, ImmutableArray<string> algorithms)
    {
        if (this == Rsa && key.KeySize < MinRsaBits) throw new ArgumentException($"The RSA key has {key.KeySize} bits; tokens need at least {MinRsaBits}.");
        foreach (var algorithm in algorithms)
        {
            if (!Algorithms.Contains(algorithm)) throw new ArgumentException($"The algorithm {algorithm} does not fit {Name}: use {string.Join(", ", Algorithms)}.");
        }

        return algorithms;
    }
}
