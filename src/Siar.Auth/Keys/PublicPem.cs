using System.Collections.Immutable;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Microsoft.IdentityModel.Tokens;

namespace Siar.Auth;

/// <summary>Reads public keys and certificates from PEM.</summary>
internal static class PublicPem
{
    private const string Ed25519Oid = "1.3.101.112";

    public static ImmutableArray<VerificationKey> Read(string pem, ImmutableArray<string> algorithms) =>
        [.. PemBlocks.Read(pem).Select(block => ReadBlock(block.Label, block.Der, algorithms))];

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
        return ec is not null && EllipticCurves.FamilyOf(ec) is { } family
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
}
