using System.Buffers;
using System.Text;

namespace Siar.UrlPatterns.Urls;

/// <summary>Percent-encodes text as UTF-8, each part of a URL by its own set (URL standard, 1.3).</summary>
internal static class PercentEncoder
{
    private static readonly SearchValues<char> HexDigits = SearchValues.Create("0123456789ABCDEFabcdef");

    public static string Encode(ReadOnlySpan<char> text, PercentEncodeSet set)
    {
        if (!set.ContainsAnyOf(text)) return text.ToString();
        var output = new StringBuilder(text.Length + 16);
        AppendEncoded(output, text, set);
        return output.ToString();
    }

    public static void AppendEncoded(StringBuilder output, ReadOnlySpan<char> text, PercentEncodeSet set)
    {
        Span<byte> utf8 = stackalloc byte[4];
        while (!text.IsEmpty)
        {
            var c = text[0];
            if (!set.Contains(c))
            {
                output.Append(c);
                text = text[1..];
                continue;
            }

            // A lone surrogate decodes to U+FFFD, as the standard's scalar value strings have it.
            Rune.DecodeFromUtf16(text, out var rune, out var consumed);
            foreach (var octet in utf8[..rune.EncodeToUtf8(utf8)])
            {
                output.Append('%').Append(Convert.ToHexString([octet]));
            }

            text = text[consumed..];
        }
    }

    /// <summary>Decodes every valid <c>%XX</c>; the octets are read as UTF-8, broken ones become U+FFFD.</summary>
    public static string Decode(ReadOnlySpan<char> text)
    {
        if (!text.Contains('%')) return text.ToString();
        var utf8 = Encoding.UTF8.GetBytes(text.ToString());
        var length = 0;
        for (var i = 0; i < utf8.Length; i++)
        {
            if (utf8[i] == '%' && i + 2 < utf8.Length && IsHex(utf8[i + 1]) && IsHex(utf8[i + 2]))
            {
                utf8[length++] = (byte)((Nibble(utf8[i + 1]) << 4) | Nibble(utf8[i + 2]));
                i += 2;
            }
            else
            {
                utf8[length++] = utf8[i];
            }
        }

        return Encoding.UTF8.GetString(utf8, 0, length);
    }

    private static bool IsHex(byte octet) => HexDigits.Contains((char)octet);

    private static int Nibble(byte hex) => hex <= '9' ? hex - '0' : (hex | 0x20) - 'a' + 10;
}
