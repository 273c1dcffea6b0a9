using System.Security.Cryptography;
using System.Text.Json.Nodes;
using Org.BouncyCastle.Crypto.Parameters;
using Org.BouncyCastle.Security;

namespace Siar.Auth.Tests.Support;

/// <summary>Writes JSON Web Keys and sets of them.</summary>
internal static class Jwk
{
    public static JsonObject Of(Signer signer, string? kid = null)
    {
        var key = signer.Algorithm[..2] switch
        {
            "HS" => new JsonObject { ["kty"] = "oct", ["k"] = Jws.Encode(signer.PublicText) },
            "RS" or "PS" => Rsa(signer.PublicText),
            "ES" => Ec(signer.PublicText),
            _ => Ed(signer.PublicText),
        };
        if (kid is not null) key["kid"] = kid;
        return key;
    }

    public static string Set(params JsonObject[] keys) => new JsonObject { ["keys"] = new JsonArray(keys) }.ToJsonString();

    private static JsonObject Rsa(string pem)
    {
        using var rsa = RSA.Create();
        rsa.ImportFromPem(pem);
        var parameters = rsa.ExportParameters(includePrivateParameters: false);
        return new JsonObject { ["kty"] = "RSA", ["n"] = Jws.Encode(parameters.Modulus!), ["e"] = Jws.Encode(parameters.Exponent!) };
    }

    private static JsonObject Ec(string pem)
    {
        using var ec = ECDsa.Create();
        ec.ImportFromPem(pem);
        var q = ec.ExportParameters(includePrivateParameters: false).Q;
        return new JsonObject { ["kty"] = "EC", ["crv"] = $"P-{ec.KeySize}", ["x"] = Jws.Encode(q.X!), ["y"] = Jws.Encode(q.Y!) };
    }

    private static JsonObject Ed(string pem)
    {
        var fields = PemEncoding.Find(pem);
        var key = (Ed25519PublicKeyParameters)PublicKeyFactory.CreateKey(Convert.FromBase64String(pem[fields.Base64Data]));
        return new JsonObject { ["kty"] = "OKP", ["crv"] = "Ed25519", ["x"] = Jws.Encode(key.GetEncoded()) };
    }
}
