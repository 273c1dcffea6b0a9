using Microsoft.IdentityModel.Tokens;
using Org.BouncyCastle.Crypto.Parameters;

namespace Siar.Auth;

/// <summary>An Ed25519 key for the identity library, which has none: the public half, and the private one when it signs.</summary>
internal sealed class Ed25519Key : AsymmetricSecurityKey
{
    /// <summary>Makes a key that verifies.</summary>
    /// <param name="publicKey">The 32 bytes of RFC 8032.</param>
    /// <exception cref="ArgumentException">There are not 32.</exception>
    public Ed25519Key(byte[] publicKey)
    {
        if (publicKey.Length != Ed25519PublicKeyParameters.KeySize) throw new ArgumentException($"An Ed25519 public key has {Ed25519PublicKeyParameters.KeySize} bytes, not {publicKey.Length}.");
        Public = new Ed25519PublicKeyParameters(publicKey);
    }

    /// <summary>Makes a key that signs.</summary>
    public Ed25519Key(Ed25519PrivateKeyParameters privateKey)
    {
        Private = privateKey;
        Public = privateKey.GeneratePublicKey();
    }

    public Ed25519PublicKeyParameters Public { get; }

    public Ed25519PrivateKeyParameters? Private { get; }

    public override int KeySize => Ed25519PublicKeyParameters.KeySize * 8;

    [Obsolete("The base class says so; use PrivateKeyStatus.")]
    public override bool HasPrivateKey => Private is not null;

    public override PrivateKeyStatus PrivateKeyStatus => Private is null ? PrivateKeyStatus.DoesNotExist : PrivateKeyStatus.Exists;
}
