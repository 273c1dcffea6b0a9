using Microsoft.IdentityModel.Tokens;

namespace Siar.Auth;

/// <summary>A key that tokens are made with, and the one algorithm it is used with. Immutable; may be used from any thread.</summary>
public sealed class SigningKey
{
    internal SigningKey(SecurityKey key, KeyFamily family, string? keyId, string? algorithm)
    {
        KeyId = keyId;
        Algorithm = family.Require(key, [algorithm ?? family.Algorithms[0]])[0];
        key.KeyId = keyId;
        Credentials = new SigningCredentials(key, Algorithm) { CryptoProviderFactory = SignatureProviders.Factory };
    }

    /// <summary>The name that tokens bear as <c>kid</c>; null for none.</summary>
    public string? KeyId { get; }

    /// <summary>The JWS algorithm.</summary>
    public string Algorithm { get; }

    internal SigningCredentials Credentials { get; }

    /// <summary>Makes a key from a secret that both sides know.</summary>
    /// <param name="secret">The secret.</param>
    /// <param name="algorithm">HS256 (the default), HS384 or HS512.</param>
    /// <param name="keyId">The name that tokens bear as <c>kid</c>.</param>
    /// <exception cref="ArgumentException">The secret is empty, or the algorithm does not fit.</exception>
    public static SigningKey FromSecret(ReadOnlySpan<byte> secret, string? algorithm = null, string? keyId = null) =>
        new(VerificationKey.SymmetricKey(secret), KeyFamily.Secret, keyId, algorithm);

    /// <summary>Makes a key from the private key in a PEM text.</summary>
    /// <param name="pem">A block labelled PRIVATE KEY, RSA PRIVATE KEY or EC PRIVATE KEY; the first is taken.</param>
    /// <param name="algorithm">An algorithm that fits the key; by default RS256, the one of its curve, or EdDSA.</param>
    /// <param name="keyId">The name that tokens bear as <c>kid</c>.</param>
    /// <exception cref="ArgumentException">The text holds no such block, or a key that cannot be used, or the algorithm does not fit.</exception>
    public static SigningKey FromPem(string pem, string? algorithm = null, string? keyId = null) => Pem.ReadPrivate(pem, algorithm, keyId);

    /// <summary>Makes a key of a text of either form: PEM (by its <c>-----BEGIN</c>), else a secret.</summary>
    /// <exception cref="ArgumentException">The text is empty, or not what it looks like, or the algorithm does not fit.</exception>
    public static SigningKey FromText(string text, string? algorithm = null, string? keyId = null) =>
        text.AsSpan().TrimStart().StartsWith("-----BEGIN", StringComparison.Ordinal) ? FromPem(text, algorithm, keyId)
            : FromSecret(System.Text.Encoding.UTF8.GetBytes(text), algorithm, keyId);
}
