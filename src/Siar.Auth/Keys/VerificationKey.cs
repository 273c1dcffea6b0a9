using System.Collections.Frozen;
using System.Collections.Immutable;
using System.Security.Cryptography;
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
    private readonly byte[] _material;

    internal VerificationKey(SecurityKey key, KeyFamily family, string? keyId, ImmutableArray<string> algorithms)
    {
        KeyId = keyId;
        _keyBytes = (key.KeySize + 7) / 8;
        _material = MaterialOf(key);
        Algorithms = family.Require(key, algorithms);
        _providers = Algorithms.ToFrozenDictionary(a => a, a => SignatureProviders.ForVerifying(key, a));
        Try();
    }

    /// <summary>The key's name, by which a token's <c>kid</c> may ask for it; null when it has none.</summary>
    public string? KeyId { get; }

    /// <summary>The bytes of the secret; null where the key is the public half of a pair.</summary>
    public int? SecretBytes { get; private init; }

    /// <summary>
    /// The bytes that a secret must have for the strongest of its algorithms, as many as the hash has: RFC 7518, 3.2: "A key of the same size as the hash
    /// output (for instance, 256 bits for "HS256") or larger MUST be used with this algorithm".
    /// </summary>
    public int RequiredSecretBytes => Algorithms.Max(a => a switch { SecurityAlgorithms.HmacSha512 => 64, SecurityAlgorithms.HmacSha384 => 48, _ => 32 });

    /// <summary>The JWS algorithms the key may be used with.</summary>
    public ImmutableArray<string> Algorithms { get; }

    /// <summary>Makes a key from a secret that both sides know.</summary>
    /// <param name="secret">The secret; RFC 7518 asks for at least the hash's length (32 bytes for HS256). Shorter ones are taken here; who sets a hub up looks at <see cref="SecretBytes"/>.</param>
    /// <param name="algorithms">HS256, HS384, HS512; HS256 alone when none is named.</param>
    /// <exception cref="ArgumentException">The secret is empty, or an algorithm does not fit.</exception>
    public static VerificationKey FromSecret(ReadOnlySpan<byte> secret, params ImmutableArray<string> algorithms) =>
        new(SymmetricKey(secret), KeyFamily.Secret, keyId: null, algorithms.IsDefaultOrEmpty ? [SecurityAlgorithms.HmacSha256] : algorithms) { SecretBytes = secret.Length };

    /// <summary>Makes a key from each public key and certificate in a PEM text.</summary>
    /// <param name="pem">Blocks labelled PUBLIC KEY, RSA PUBLIC KEY or CERTIFICATE. A certificate counts as its key alone: its dates and its chain are not looked at.</param>
    /// <param name="algorithms">The algorithms to accept; all that fit the keys when none is named.</param>
    /// <exception cref="ArgumentException">The text holds no such block, holds a private key, or a key that cannot be used.</exception>
    public static ImmutableArray<VerificationKey> FromPem(string pem, params ImmutableArray<string> algorithms) => Pem.ReadPublic(pem, algorithms);

    /// <summary>Makes the keys of a JSON Web Key Set (RFC 7517).</summary>
    /// <param name="json">The set; keys that are not for signatures, or of a kind or curve that is not known here, are left out.</param>
    /// <param name="algorithms">The algorithms to accept; EdDSA and all of ES, RS, PS when none is named. Secrets in the set are used only when an HS algorithm is named.</param>
    /// <exception cref="ArgumentException">The text is no such set, or no key of it can be used.</exception>
    public static ImmutableArray<VerificationKey> FromJwks(string json, params ImmutableArray<string> algorithms) => JwksReader.Read(json, algorithms);

    /// <summary>Makes the keys of a text of whichever form: PEM (by its <c>-----BEGIN</c>), a JSON Web Key Set (by its <c>{</c>), else a secret.</summary>
    /// <exception cref="ArgumentException">The text is empty, or not what it looks like, or no algorithm fits.</exception>
    public static ImmutableArray<VerificationKey> FromText(string text, params ImmutableArray<string> algorithms)
    {
        return text.AsSpan().TrimStart().StartsWith("-----BEGIN", StringComparison.Ordinal) ? FromPem(text, algorithms)
            : IsJwks(text) ? FromJwks(text, algorithms)
            : [FromSecret(System.Text.Encoding.UTF8.GetBytes(text), algorithms)];
    }

    internal static SymmetricSecurityKey SymmetricKey(ReadOnlySpan<byte> secret)
    {
        if (secret.IsEmpty) throw new ArgumentException("The secret is empty: give the key that tokens are signed with.");
        var padded = new byte[Math.Max(secret.Length, SecretLength)];
        secret.CopyTo(padded);
        return new SymmetricSecurityKey(padded);
    }

    /// <summary>Makes the keys of a text as <see cref="FromText(string, ImmutableArray{string})"/> does, and tells which keys of a JSON Web Key Set are left out.</summary>
    /// <param name="text">The text.</param>
    /// <param name="algorithms">The algorithms to accept; the default ones where there is none.</param>
    /// <param name="onSkipped">Called with a sentence about each key that is meant for signatures and cannot be used.</param>
    /// <exception cref="ArgumentException">The text is empty, or not what it looks like, or no algorithm fits.</exception>
    public static ImmutableArray<VerificationKey> FromText(string text, ImmutableArray<string> algorithms, Action<string> onSkipped) =>
        IsJwks(text) ? JwksReader.Read(text, algorithms, onSkipped) : FromText(text, algorithms);

    /// <summary>Whether this is the same key, whatever its name and its algorithms.</summary>
    internal bool HasMaterialOf(VerificationKey other) => CryptographicOperations.FixedTimeEquals(_material, other._material);

    /// <summary>Whether this key may be used with the token's algorithm and made its signature. No token makes it throw.</summary>
    internal bool Verifies(CompactToken token)
    {
        if (token.Signature.Length == 0 || !HasLengthOf(token.Algorithm, token.Signature.Length) || !_providers.TryGetValue(token.Algorithm, out var provider)) return false;
        try
        {
            return provider.Verify(token.SigningInput, token.Signature);
        }
        catch (Exception failure) when (failure is not OutOfMemoryException)
        {
            // What a library cannot work out is no signature of this key.
            return false;
        }
    }

    // The libraries look at a key's numbers when it is first used: that must not be when a stranger's token comes.
    private void Try()
    {
        var signature = new byte[Math.Max(_keyBytes, SecretLength)];
        foreach (var (algorithm, provider) in _providers)
        {
            try
            {
                _ = provider.Verify("key"u8.ToArray(), signature);
            }
            catch (Exception failure) when (failure is not OutOfMemoryException)
            {
                throw new ArgumentException($"The key cannot be used with {algorithm}: {failure.Message}", failure);
            }
        }
    }

    // RFC 7638 names a key by a hash of what it is made of; the library does not know Ed25519.
    private static byte[] MaterialOf(SecurityKey key) => key is Ed25519Key ed25519 ? SHA256.HashData(ed25519.Public.GetEncoded()) : key.ComputeJwkThumbprint();

    private static bool IsJwks(string text)
    {
        var start = text.AsSpan().TrimStart();
        return start.StartsWith("{", StringComparison.Ordinal) && start.Contains("\"keys\"", StringComparison.Ordinal);
    }

    // RFC 8017, 8.1.2 and 8.2.2: "If the length of the signature S is not k octets, output 'invalid signature'". The platform takes one whose
    // leading zeros were left out, so that a token would have two texts.
    private bool HasLengthOf(string algorithm, int signatureBytes) =>
        signatureBytes == _keyBytes || !(algorithm.StartsWith("RS", StringComparison.Ordinal) || algorithm.StartsWith("PS", StringComparison.Ordinal));
}
