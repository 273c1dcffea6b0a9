using System.Buffers;
using System.Text;

namespace Siar.UrlPatterns.Urls;

/// <summary>Percent-encodes text as UTF-8, each part of a URL by its own set (URL standard, 1.3).</summary>
internal static class PercentEncoding
{
    private static readonly SearchValues<char> HexDigits = SearchValues.Create("0123456789ABCDEFabcdef");

    /// <summary>The text with every code point of the set percent-encoded.</summary>
    public static string Encode(ReadOnlySpan<char> text, PercentEncodeSet set)
    {
        if (!set.ContainsAnyOf(text)) return text.ToString();
        var output = new StringBuilder(text.Length + 16);
        AppendEncoded(output, text, set);
        return output.ToString();
    }

    /// <summary>Appends the text with every code point of the set percent-encoded.</summary>
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

/// <summary>Which code points are percent-encoded (URL standard, 1.3): the C0 controls, everything above U+007E, and some of the rest of ASCII.</summary>
internal readonly struct PercentEncodeSet
{
    // The ASCII characters that stay as they are, a bit for each: U+0000 to U+003F and U+0040 to U+007F.
    private readonly ulong _plainLow;
    private readonly ulong _plainHigh;

    private PercentEncodeSet(ulong plainLow, ulong plainHigh)
    {
        _plainLow = plainLow;
        _plainHigh = plainHigh;
    }

    public static PercentEncodeSet C0Control { get; } = new(plainLow: ulong.MaxValue << ' ', plainHigh: ulong.MaxValue >> 1);

    public static PercentEncodeSet Fragment { get; } = C0Control.With(" \"<>`");

    public static PercentEncodeSet Query { get; } = C0Control.With(" \"#<>");

    public static PercentEncodeSet SpecialQuery { get; } = Query.With("'");

    public static PercentEncodeSet Path { get; } = Query.With("?^`{}");

    public static PercentEncodeSet UserInfo { get; } = Path.With("/:;=@[\\]|");

    public bool Contains(char c) => c > '~' || ((c < 64 ? _plainLow : _plainHigh) >> c & 1) == 0;

    public bool ContainsAnyOf(ReadOnlySpan<char> text)
    {
        foreach (var c in text)
        {
            if (Contains(c)) return true;
        }

        return false;
    }

    private PercentEncodeSet With(string characters)
    {
        var (low, high) = (_plainLow, _plainHigh);
        foreach (var c in characters)
        {
            // A shift counts modulo 64.
            if (c < 64) low &= ~(1UL << c);
            else high &= ~(1UL << c);
        }

        return new PercentEncodeSet(low, high);
    }
}
