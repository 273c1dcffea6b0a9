using System.Text;

namespace Siar.AspNetCore;

/// <summary>What the answers of the Mercure path have in common.</summary>
internal static class MercureHeaders
{
    /// <summary>Keeps browsers from taking an answer for anything but what it is.</summary>
    public static void SetSecurity(HttpResponse response)
    {
        var headers = response.Headers;
        headers.XContentTypeOptions = "nosniff";
        headers.XFrameOptions = "DENY";
        headers.XXSSProtection = "1; mode=block";
        headers.ContentSecurityPolicy = "default-src 'self'";
    }

    /// <summary>An id as it can stand in a header field: what cannot is percent-encoded, UTF-8 byte by byte.</summary>
    public static string Encode(string id, string alsoEncoded = "")
    {
        if (IsPlain(id, alsoEncoded)) return id;
        var encoded = new StringBuilder(id.Length + 16);
        for (var i = 0; i < id.Length; i++)
        {
            // A field's value has no space at its ends (RFC 9110, 5.5).
            var isEdge = i == 0 || i == id.Length - 1;
            if (id[i] is > ' ' and <= '~' && !alsoEncoded.Contains(id[i])) encoded.Append(id[i]);
            else if (id[i] == ' ' && !isEdge && !alsoEncoded.Contains(' ')) encoded.Append(' ');
            else i += Append(encoded, id, i) - 1;
        }

        return encoded.ToString();
    }

    /// <summary>An id as it can stand between quotes in a header field (RFC 9110, 5.6.4).</summary>
    public static string Quote(string id) => Encode(id).Replace("\\", "\\\\").Replace("\"", "\\\"");

    private static bool IsPlain(string id, string alsoEncoded) =>
        !id.AsSpan().ContainsAnyExceptInRange(' ', '~') && !id.StartsWith(' ') && !id.EndsWith(' ') && !id.AsSpan().ContainsAny(alsoEncoded);

    private static int Append(StringBuilder encoded, string id, int at)
    {
        var rune = Rune.GetRuneAt(id, at);
        Span<byte> bytes = stackalloc byte[4];
        foreach (var b in bytes[..rune.EncodeToUtf8(bytes)]) encoded.Append($"%{b:X2}");
        return rune.Utf16SequenceLength;
    }
}
