using System.Collections.Immutable;
using System.Security.Cryptography;
using Microsoft.IdentityModel.Tokens;

namespace Siar.Auth;

/// <summary>Reads the keys of a JSON Web Key Set (RFC 7517) that can check signatures.</summary>
internal static class JwksReader
{
    /// <summary>The most keys of one set that are used: a token without a known <c>kid</c> is tried with each.</summary>
    public const int MaxKeys = 100;

    // What is shorter is found by trying.
    private const int LeastSecretBytes = 16;

    /// <summary>Reads the keys that can be used.</summary>
    /// <param name="json">The set.</param>
    /// <param name="algorithms">The algorithms to accept.</param>
    /// <param name="onSkipped">Called with a sentence about each key that is meant for signatures and cannot be used.</param>
    /// <exception cref="ArgumentException">The text is no such set, or no key of it can be used.</exception>
    public static ImmutableArray<VerificationKey> Read(string json, ImmutableArray<string> algorithms, Action<string>? onSkipped = null)
    {
        var allowed = algorithms.IsDefaultOrEmpty ? KeyFamily.Asymmetric : algorithms;
        IList<JsonWebKey> keys;
        try
        {
            keys = new JsonWebKeySet(json).Keys;
        }
        catch (Exception e) when (e is ArgumentException or System.Text.Json.JsonException or InvalidOperationException or FormatException)
        {
            throw new ArgumentException("The text is not a JSON Web Key Set: it must be an object with an array named keys.", e);
        }

        if (keys.Count > MaxKeys) throw new ArgumentException($"The JSON Web Key Set has {keys.Count} keys; at most {MaxKeys} are accepted.");
        ImmutableArray<VerificationKey> read = [.. keys.Select(key => TryRead(key, allowed, onSkipped)).OfType<VerificationKey>()];
        return read.Length > 0 ? read
            : throw new ArgumentException($"The JSON Web Key Set has {keys.Count} keys, and none that can check a signature with {string.Join(", ", allowed)}.");
    }

    private static VerificationKey? TryRead(JsonWebKey jwk, ImmutableArray<string> allowed, Action<string>? onSkipped)
    {
        // RFC 7517 sections 4.2 and 4.3: a key that names its use is for that use only.
        if (!string.IsNullOrEmpty(jwk.Use) && jwk.Use != "sig") return null;
        if (jwk.KeyOps.Count > 0 && !jwk.KeyOps.Contains("verify")) return null;
        try
        {
            if (ReadKey(jwk) is not var (key, family)) return null;

            // Section 4.4: a key that names its algorithm is for that algorithm only.
            ImmutableArray<string> fitting = [.. family.Algorithms.Where(a => allowed.Contains(a) && (string.IsNullOrEmpty(jwk.Alg) || jwk.Alg == a))];
            return fitting.IsEmpty ? null : new VerificationKey(key, family, string.IsNullOrEmpty(jwk.Kid) ? null : jwk.Kid, fitting);
        }
        catch (Exception e) when (e is not OutOfMemoryException)
        {
            // Section 5: keys that are missing members or that have values out of range should be ignored. What a library throws for a number
            // that makes no key differs by platform.
            onSkipped?.Invoke($"The key {(string.IsNullOrEmpty(jwk.Kid) ? "without a name" : QuotedText.Of(jwk.Kid))} of a JSON Web Key Set is left out: {e.Message}");
            return null;
        }
    }

    private static (SecurityKey Key, KeyFamily Family)? ReadKey(JsonWebKey jwk)
    {
        switch (jwk.Kty, jwk.Crv)
        {
            case ("RSA", _):
                return (RsaNumbers.KeyOf(Bytes(jwk.N), Bytes(jwk.E)), KeyFamily.Rsa);
            case ("EC", "P-256"):
                return (Ec(ECCurve.NamedCurves.nistP256, jwk), KeyFamily.P256);
            case ("EC", "P-384"):
                return (Ec(ECCurve.NamedCurves.nistP384, jwk), KeyFamily.P384);
            case ("EC", "P-521"):
                return (Ec(ECCurve.NamedCurves.nistP521, jwk), KeyFamily.P521);
            case ("OKP", "Ed25519"):
                return (new Ed25519Key(Bytes(jwk.X)), KeyFamily.Ed25519);
            case ("oct", _) when Bytes(jwk.K).Length < LeastSecretBytes:
                throw new ArgumentException($"The secret has {Bytes(jwk.K).Length} bytes, and needs at least {LeastSecretBytes}.");
            case ("oct", _):
                return (VerificationKey.SymmetricKey(Bytes(jwk.K)), KeyFamily.Secret);
            default:
                return null;
        }
    }

    private static ECDsaSecurityKey Ec(ECCurve curve, JsonWebKey jwk) =>
        new(ECDsa.Create(new ECParameters { Curve = curve, Q = new ECPoint { X = Bytes(jwk.X), Y = Bytes(jwk.Y) } }));

    private static byte[] Bytes(string? value) => Base64UrlEncoder.DecodeBytes(value ?? throw new FormatException("A member is missing."));
}
