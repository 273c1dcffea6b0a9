using System.Buffers.Text;
using System.Text;
using System.Text.Json.Nodes;

namespace Siar.Auth.Tests.Support;

/// <summary>Puts compact tokens together, good ones and bad ones.</summary>
internal static class Jws
{
    public static string Make(Signer signer, JsonObject claims, string? typ = "at+jwt", string? kid = null)
    {
        var header = new JsonObject { ["alg"] = signer.Algorithm };
        if (typ is not null) header["typ"] = typ;
        if (kid is not null) header["kid"] = kid;
        return Make(signer, header.ToJsonString(), claims.ToJsonString());
    }

    public static string Make(Signer signer, string header, string payload) => Make(signer, Encoding.UTF8.GetBytes(header), Encoding.UTF8.GetBytes(payload));

    public static string Make(Signer signer, byte[] header, byte[] payload)
    {
        var input = $"{Encode(header)}.{Encode(payload)}";
        return $"{input}.{Encode(signer.Sign(Encoding.ASCII.GetBytes(input)))}";
    }

    public static string Encode(byte[] bytes) => Base64Url.EncodeToString(bytes);

    public static string Encode(string text) => Encode(Encoding.UTF8.GetBytes(text));
}
