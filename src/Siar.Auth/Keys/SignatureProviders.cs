using Microsoft.IdentityModel.Tokens;

namespace Siar.Auth;

/// <summary>Makes what signs and verifies: the identity library's providers, with EdDSA added to them.</summary>
internal static class SignatureProviders
{
    /// <summary>The one factory. It caches nothing: each key owns its providers and they die with it.</summary>
    public static CryptoProviderFactory Factory { get; } = new() { CacheSignatureProviders = false, CustomCryptoProvider = new EdDsaCryptoProvider() };

    /// <summary>Makes a provider that verifies, for use from any thread.</summary>
    /// <exception cref="ArgumentException">The key is too small for the algorithm.</exception>
    public static SignatureProvider ForVerifying(SecurityKey key, string algorithm)
    {
        try
        {
            return Factory.CreateForVerifying(key, algorithm, cacheProvider: false);
        }
        catch (Exception e) when (e is ArgumentException or NotSupportedException)
        {
            throw new ArgumentException($"The key of {key.KeySize} bits cannot be used with {algorithm}: it is too small or of another kind.", e);
        }
    }
}
