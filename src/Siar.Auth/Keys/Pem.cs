using System.Collections.Immutable;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Microsoft.IdentityModel.Tokens;
using Org.BouncyCastle.Asn1.EdEC;
using Org.BouncyCastle.Asn1.Pkcs;
using Org.BouncyCastle.Asn1.X9;
using Org.BouncyCastle.Crypto.Parameters;
using Org.BouncyCastle.Security;

namespace Siar.Auth;

/// <summary>Reads keys and certificates from PEM.</summary>
internal static class Pem
{
    private const string Ed25519Oid = "1.3.101.112";

    /// <summary>Reads public keys and certificates.</summary>
    public static ImmutableArray<VerificationKey> ReadPublic(string pem, ImmutableArray<string> algorithms) =>
        [.. ReadBlocks(pem).Select(block => ReadBlock(block.Label, block.Der, algorithms))];

    private static VerificationKey ReadBlock(string label, byte[] der, ImmutableArray<string> algorithms)
    {
        try
        {
            switch (label)
            {
                case "PUBLIC KEY":
                    return FromPublicKey(PublicKey.CreateFromSubjectPublicKeyInfo(der, out _), algorithms);
                case "RSA PUBLIC KEY":
                    using (var rsa = RSA.Create())
                    {
                        rsa.ImportRSAPublicKey(der, out _);
                        return FromRsa(rsa, algorithms);
                    }

                case "CERTIFICATE":
                    using (var certificate = X509CertificateLoader.LoadCertificate(der)) return FromPublicKey(certificate.PublicKey, algorithms);
            }
        }
        catch (CryptographicException e)
        {
            throw new ArgumentException($"The PEM block {label} cannot be read: {e.Message}", e);
        }

        throw new ArgumentException(label.EndsWith("PRIVATE KEY", StringComparison.Ordinal)
            ? $"The PEM text holds a private key ({label}): give the hub the public key, the private one stays with who makes tokens."
            : $"The PEM block {label} is no public key: it must be PUBLIC KEY, RSA PUBLIC KEY or CERTIFICATE.");
    }

    private static VerificationKey FromPublicKey(PublicKey key, ImmutableArray<string> algorithms)
    {
        if (key.Oid.Value == Ed25519Oid) return Make(new Ed25519Key(key.EncodedKeyValue.RawData), KeyFamily.Ed25519, algorithms);

        using var rsa = key.GetRSAPublicKey();
        if (rsa is not null) return FromRsa(rsa, algorithms);

        var ec = key.GetECDsaPublicKey();
        return ec is not null && FamilyOf(ec) is { } family
            ? Make(new ECDsaSecurityKey(ec), family, algorithms)
            : throw new ArgumentException($"A key of the kind {key.Oid.FriendlyName ?? key.Oid.Value} cannot check tokens: use RSA, P-256, P-384, P-521 or Ed25519.");
    }

    private static VerificationKey FromRsa(RSA rsa, ImmutableArray<string> algorithms)
    {
        var numbers = rsa.ExportParameters(includePrivateParameters: false);
        return Make(RsaNumbers.KeyOf(numbers.Modulus!, numbers.Exponent!), KeyFamily.Rsa, algorithms);
    }

    private static VerificationKey Make(SecurityKey key, KeyFamily family, ImmutableArray<string> algorithms) =>
        new(key, family, keyId: null, algorithms.IsDefaultOrEmpty ? family.Algorithms : algorithms);

    /// <summary>Reads a private key.</summary>
    public static SigningKey ReadPrivate(string pem, string? algorithm, string? keyId)
    {
        var blocks = ReadBlocks(pem);
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
        return FamilyOf(ec) is { } family
            ? new SigningKey(new ECDsaSecurityKey(ec), family, keyId, algorithm)
            : throw new ArgumentException("The key's elliptic curve cannot make tokens: use P-256, P-384 or P-521.");
    }

    /// <summary>Reads all blocks (RFC 7468).</summary>
    /// <exception cref="ArgumentException">There is none.</exception>
    private static List<(string Label, byte[] Der)> ReadBlocks(string pem)
    {
        var blocks = new List<(string, byte[])>();
        var rest = pem.AsSpan();
        while (PemEncoding.TryFind(rest, out var fields))
        {
            blocks.Add((rest[fields.Label].ToString(), Convert.FromBase64String(rest[fields.Base64Data].ToString())));
            rest = rest[fields.Location.End..];
        }

        return blocks.Count > 0 ? blocks
            : throw new ArgumentException("The text holds no PEM block: it must have a line such as \"-----BEGIN PUBLIC KEY-----\" and its end.");
    }

    /// <summary>The family of a key, by its curve; null for a curve that no algorithm here fits.</summary>
    private static KeyFamily? FamilyOf(ECDsa key) => FamilyOf(key.ExportParameters(includePrivateParameters: false).Curve.Oid.Value);

    private static KeyFamily? FamilyOf(string? oid) => oid switch
    {
        "1.2.840.10045.3.1.7" => KeyFamily.P256,
        "1.3.132.0.34" => KeyFamily.P384,
        "1.3.132.0.35" => KeyFamily.P521,
        _ => null,
    };
}
