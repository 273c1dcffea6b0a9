using Microsoft.IdentityModel.Tokens;

namespace Siar.Auth;

/// <summary>Teaches the identity library EdDSA (RFC 8037), for Ed25519 keys alone.</summary>
internal sealed class EdDsaCryptoProvider : ICryptoProvider
{
    public bool IsSupportedAlgorithm(string algorithm, params object[] args) =>
        algorithm == KeyFamily.EdDsa && args.Length > 0 && args[0] is Ed25519Key;

    public object Create(string algorithm, params object[] args) => new Ed25519SignatureProvider((Ed25519Key)args[0], algorithm);

    public void Release(object cryptoInstance) => (cryptoInstance as IDisposable)?.Dispose();
}
