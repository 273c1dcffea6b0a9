using System.Security.Cryptography;
using System.Text;
using Org.BouncyCastle.Crypto.Generators;
using Org.BouncyCastle.Crypto.Parameters;
using Org.BouncyCastle.Crypto.Signers;
using Org.BouncyCastle.Pkcs;
using Org.BouncyCastle.Security;
using Org.BouncyCastle.X509;

namespace Siar.Auth.Tests.Support;

/// <summary>Signs as an issuer would, with the platform's own primitives: nothing of the code under test has a part in it.</summary>
internal sealed class Signer
{
    public static readonly string[] Algorithms =
        ["HS256", "HS384", "HS512", "RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512", "EdDSA"];

    private static readonly Dictionary<string, KeyPair> First = MakeAll("first");
    private static readonly Dictionary<string, KeyPair> Second = MakeAll("second");

    private readonly KeyPair _keys;

    private Signer(string algorithm, KeyPair keys)
    {
        Algorithm = algorithm;
        _keys = keys;
    }

    public string Algorithm { get; }

    /// <summary>The public half as PEM, or the secret.</summary>
    public string PublicText => _keys.PublicText;

    /// <summary>The private half as PEM (PKCS#8), or the secret.</summary>
    public string PrivateText => _keys.PrivateText;

    public static Signer For(string algorithm) => new(algorithm, First[FamilyOf(algorithm)]);

    /// <summary>One with another key of the same kind.</summary>
    public static Signer Stranger(string algorithm) => new(algorithm, Second[FamilyOf(algorithm)]);

    public static Signer Secret(string secret, string algorithm = "HS256") => new(algorithm, new KeyPair(secret, secret, (a, input) => Hmac(a, secret, input)));

    public byte[] Sign(byte[] input) => _keys.Sign(Algorithm, input);

    private static string FamilyOf(string algorithm) => algorithm is "ES256" or "ES384" or "ES512" ? algorithm : algorithm[..2];

    private static Dictionary<string, KeyPair> MakeAll(string name) => new()
    {
        ["HS"] = Secret($"the {name} secret that both sides know, long enough for all").KeyPairOf(),
        ["RS"] = Rsa(out var rsa),
        ["PS"] = rsa,
        ["ES256"] = Ec(ECCurve.NamedCurves.nistP256, HashAlgorithmName.SHA256),
        ["ES384"] = Ec(ECCurve.NamedCurves.nistP384, HashAlgorithmName.SHA384),
        ["ES512"] = Ec(ECCurve.NamedCurves.nistP521, HashAlgorithmName.SHA512),
        ["Ed"] = Ed25519(),
    };

    private static byte[] Hmac(string algorithm, string secret, byte[] input)
    {
        var key = Encoding.UTF8.GetBytes(secret);
        return algorithm switch
        {
            "HS256" => HMACSHA256.HashData(key, input),
            "HS384" => HMACSHA384.HashData(key, input),
            _ => HMACSHA512.HashData(key, input),
        };
    }

    private static KeyPair Rsa(out KeyPair keys)
    {
        var rsa = RSA.Create(2048);
        return keys = new KeyPair(rsa.ExportSubjectPublicKeyInfoPem(), rsa.ExportPkcs8PrivateKeyPem(), (algorithm, input) => rsa.SignData(
            input,
            new HashAlgorithmName("SHA" + algorithm[2..]),
            algorithm[0] == 'P' ? RSASignaturePadding.Pss : RSASignaturePadding.Pkcs1));
    }

    private static KeyPair Ec(ECCurve curve, HashAlgorithmName hash)
    {
        var ec = ECDsa.Create(curve);
        return new KeyPair(ec.ExportSubjectPublicKeyInfoPem(), ec.ExportPkcs8PrivateKeyPem(), (_, input) => ec.SignData(input, hash));
    }

    private static KeyPair Ed25519()
    {
        var generator = new Ed25519KeyPairGenerator();
        generator.Init(new Ed25519KeyGenerationParameters(new SecureRandom()));
        var pair = generator.GenerateKeyPair();
        return new KeyPair(
            PemEncoding.WriteString("PUBLIC KEY", SubjectPublicKeyInfoFactory.CreateSubjectPublicKeyInfo(pair.Public).GetEncoded()),
            PemEncoding.WriteString("PRIVATE KEY", PrivateKeyInfoFactory.CreatePrivateKeyInfo(pair.Private).GetEncoded()),
            (_, input) =>
            {
                var signer = new Ed25519Signer();
                signer.Init(forSigning: true, pair.Private);
                signer.BlockUpdate(input, 0, input.Length);
                return signer.GenerateSignature();
            });
    }

    private KeyPair KeyPairOf() => _keys;

    private sealed record KeyPair(string PublicText, string PrivateText, Func<string, byte[], byte[]> Sign);
}
