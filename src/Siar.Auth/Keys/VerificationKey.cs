using System.Collections.Frozen;
using System.Collections.Immutable;
using Microsoft.IdentityModel.Tokens;

namespace Siar.Auth;

/// <summary>
/// A key that tokens are checked with, and the algorithms it may be used with. Immutable; may be used from any thread.
/// </summary>
public sealed class VerificationKey
{
    // HMAC itself fills a short key with zeros up to the hash's block (RFC 2104 section 2), so this changes no signature; the library insists on the length.
    private const int SecretLength = 64;

    private readonly FrozenDictionary<string, SignatureProvider> _providers;
    private readonly int _keyBytes;

    internal VerificationKey(SecurityKey key, KeyFamily family, string? keyId, ImmutableArray<string> algorithms)
    {
        KeyId = keyId;
        _keyBytes = (key.KeySize + 7) / 8;
        Algorithms = family.Require(key, algorithms);
        _providers = Algorithms.ToFrozenDictionary(a => a, a => SignatureProviders.ForVerifying(key, a));
    }

    /// <summary>The key's name, by which a token's <c>kid</c> may ask for it; null when it has none.</summary>
    public string? KeyId { get; }

    /// <summary>The JWS algorithms the key may be used with.</summary>
    public ImmutableArray<string> Algorithms { get; }

    /// <summary>Makes a key from a secret that both sides know.</summary>
    /// <param name="secret">The secret; RFC 7518 asks for at least the hash's length (32 bytes for HS256), shorter ones are accepted as other hubs do.</param>
    /// <param name="algorithms">HS256, HS384, HS512; HS256 alone when none is named.</param>
    /// <exception cref="ArgumentException">The secret is empty, or an algorithm does not fit.</exception>
    public static VerificationKey FromSecret(ReadOnlySpan<byte> secret, params ImmutableArray<string> algorithms) =>
        new(SymmetricKey(secret), KeyFamily.Secret, keyId: null, algorithms.IsDefaultOrEmpty ? [SecurityAlgorithms.HmacSha256] : algorithms);

    /// <summary>Makes a key from each public key and certificate in a PEM text.</summary>
    /// <param name="pem">Blocks labelled PUBLIC KEY, RSA PUBLIC KEY or CERTIFICATE. A certificate counts as its key alone: its dates and its chain are not looked at.</param>
    /// <param name="algorithms">The algorithms to accept; all that fit the keys when none is named.</param>
    /// <exception cref="ArgumentException">The text holds no such block, holds a private key, or a key that cannot be used.</exception>
    public static ImmutableArray<VerificationKey> FromPem(string pem, params ImmutableArray<string> algorithms) => PublicPem.Read(pem, algorithms);

    /// <summary>Makes the keys of a JSON Web Key Set (RFC 7517).</summary>
    /// <param name="json">The set; keys that are not for signatures, or of a kind or curve that is not known here, are left out.</param>
    /// <param name="algorithms">The algorithms to accept; EdDSA and all of ES, RS, PS when none is named. Secrets in the set are used only when an HS algorithm is named.</param>
    /// <exception cref="ArgumentException">The text is no such set, or no key of it can be used.</exception>
    public static ImmutableArray<VerificationKey> FromJwks(string json, params ImmutableArray<string> algorithms) => JwksReader.Read(json, algorithms);

    /// <summary>Makes the keys of a text of whichever form: PEM (by its <c>-----BEGIN</c>), a JSON Web Key Set (by its <c>{</c>), else a secret.</summary>
    /// <exception cref="ArgumentException">The text is empty, or not what it looks like, or no algorithm fits.</exception>
    public static ImmutableArray<VerificationKey> FromText(string text, params ImmutableArray<string> algorithms)
    {
        var start = text.AsSpan().TrimStart();
        return start.StartsWith("-----BEGIN", StringComparison.Ordinal) ? FromPem(text, algorithms)
            : start.StartsWith("{", StringComparison.Ordinal) && start.Contains("\"keys\"", StringComparison.Ordinal) ? FromJwks(text, algorithms)
            : [FromSecret(System.Text.Encoding.UTF8.GetBytes(text), algorithms)];
    }

    internal static SymmetricSecurityKey SymmetricKey(ReadOnlySpan<byte> secret)
    {
        if (secret.IsEmpty) throw new ArgumentException("The secret is empty: give the key that tokens are signed with.");
        var padded = new byte[Math.Max(secret.Length, SecretLength)];
        secret.CopyTo(padded);
        return new SymmetricSecurityKey(padded);
    }

    /// <summary>Whether this key may be used with the token's algorithm and made its signature.</summary>
    internal bool Verifies(CompactToken token) =>
        token.Signature.Length > 0 && HasLengthOf(token.Algorithm, token.Signature.Length)
            && _providers.TryGetValue(token.Algorithm, out var provider) && provider.Verify(token.SigningInput, token.Signature);

    // RFC 8017, 8.1.2 and 8.2.2: "If the length of the signature S is not k octets, output 'invalid signature'". The platform takes one whose
    // leading zeros were left out, so that a token would have two texts.
    private bool HasLengthOf(string algorithm, int signatureBytes) =>
        signatureBytes == _keyBytes || !(algorithm.StartsWith("RS", StringComparison.Ordinal) || algorithm.StartsWith("PS", StringComparison.Ordinal));
}
