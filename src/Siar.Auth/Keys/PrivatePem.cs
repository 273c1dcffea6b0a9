using System.Security.Cryptography;
using Microsoft.IdentityModel.Tokens;
using Org.BouncyCastle.Asn1.EdEC;
using Org.BouncyCastle.Asn1.Pkcs;
using Org.BouncyCastle.Asn1.X9;
using Org.BouncyCastle.Crypto.Parameters;
using Org.BouncyCastle.Security;

namespace Siar.Auth;

/// <summary>Reads a private key from PEM.</summary>
internal static class PrivatePem
{
    public static SigningKey Read(string pem, string? algorithm, string? keyId)
    {
        var blocks = PemBlocks.Read(pem);
        var (label, der) = blocks.Find(b => b.Label.EndsWith("PRIVATE KEY", StringComparison.Ordinal));
        try
        {
            switch (label)
            {
                case "PRIVATE KEY":
                    return FromPkcs8(der, algorithm, keyId);
                case "RSA PRIVATE KEY":
                    return FromRsa(rsa => rsa.ImportRSAPrivateKey(der, out _), algorithm, keyId);
                case "EC PRIVATE KEY":
                    return FromEc(ec => ec.ImportECPrivateKey(der, out _), algorithm, keyId);
                case "ENCRYPTED PRIVATE KEY":
                    throw new ArgumentException("The private key is encrypted: decrypt it first, for example with \"openssl pkey\".");
            }
        }
        catch (Exception e) when (e is CryptographicException or InvalidOperationException or IOException)
        {
            throw new ArgumentException($"The PEM block {label} cannot be read: {e.Message}", e);
        }

        throw new ArgumentException($"The PEM text holds no private key but {blocks[0].Label}: tokens are made with PRIVATE KEY, RSA PRIVATE KEY or EC PRIVATE KEY.");
    }

    private static SigningKey FromPkcs8(byte[] der, string? algorithm, string? keyId)
    {
        var info = ReadInfo(der);
        var kind = info.PrivateKeyAlgorithm.Algorithm;
        if (kind.Equals(PkcsObjectIdentifiers.RsaEncryption)) return FromRsa(rsa => rsa.ImportPkcs8PrivateKey(der, out _), algorithm, keyId);
        if (kind.Equals(X9ObjectIdentifiers.IdECPublicKey)) return FromEc(ec => ec.ImportPkcs8PrivateKey(der, out _), algorithm, keyId);
        if (kind.Equals(EdECObjectIdentifiers.id_Ed25519))
        {
            return new SigningKey(new Ed25519Key((Ed25519PrivateKeyParameters)PrivateKeyFactory.CreateKey(info)), KeyFamily.Ed25519, keyId, algorithm);
        }

        throw new ArgumentException($"A private key of the kind {kind.Id} cannot make tokens: use RSA, P-256, P-384, P-521 or Ed25519.");
    }

    private static PrivateKeyInfo ReadInfo(byte[] der)
    {
        try
        {
            return PrivateKeyInfo.GetInstance(der);
        }
        catch (ArgumentException e)
        {
            throw new CryptographicException("It is no PKCS#8 structure.", e);
        }
    }

    private static SigningKey FromRsa(Action<RSA> import, string? algorithm, string? keyId)
    {
        using var rsa = RSA.Create();
        import(rsa);
        return new SigningKey(new RsaSecurityKey(rsa.ExportParameters(includePrivateParameters: true)), KeyFamily.Rsa, keyId, algorithm);
    }

    private static SigningKey FromEc(Action<ECDsa> import, string? algorithm, string? keyId)
    {
        var ec = ECDsa.Create();
        import(ec);
        return EllipticCurves.FamilyOf(ec) is { } family
            ? new SigningKey(new ECDsaSecurityKey(ec), family, keyId, algorithm)
            : throw new ArgumentException("The key's elliptic curve cannot make tokens: use P-256, P-384 or P-521.");
    }
}
