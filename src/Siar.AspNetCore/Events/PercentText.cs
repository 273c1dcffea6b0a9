using System.Buffers;
using System.Text;
using System.Text.Unicode;

namespace Siar.AspNetCore;

/// <summary>
/// Decodes percent-encoded text once and strictly. The framework's own decoding is lenient (what cannot be decoded stays as it is), and
/// two spellings would then be one topic.
/// </summary>
internal static class PercentText
{
    /// <summary>Decodes a text.</summary>
    /// <param name="text">The text as it came.</param>
    /// <param name="isForm">Whether <c>+</c> is a space, as in a query.</param>
    /// <param name="decoded">The text, when it could be decoded.</param>
    /// <returns>What is wrong, to follow a subject in a sentence; null when all is well.</returns>
    public static string? Decode(ReadOnlySpan<char> text, bool isForm, out string decoded)
    {
        decoded = "";
        var buffer = ArrayPool<byte>.Shared.Rent(Encoding.UTF8.GetMaxByteCount(text.Length));
        try
        {
            var length = 0;
            while (!text.IsEmpty)
            {
                var plain = isForm ? text.IndexOfAny('%', '+') : text.IndexOf('%');
                if (plain < 0) plain = text.Length;
                length += Encoding.UTF8.GetBytes(text[..plain], buffer.AsSpan(length));
                text = text[plain..];
                if (text.IsEmpty) break;

                if (text[0] == '+')
                {
                    buffer[length++] = (byte)' ';
                    text = text[1..];
                    continue;
                }

                if (text.Length < 3 || !char.IsAsciiHexDigit(text[1]) || !char.IsAsciiHexDigit(text[2]))
                    return "has a '%' that two hexadecimal digits do not follow: write a percent sign as %25.";
                buffer[length++] = (byte)((HexValue(text[1]) << 4) | HexValue(text[2]));
                text = text[3..];
            }

            if (!Utf8.IsValid(buffer.AsSpan(0, length))) return "is not valid UTF-8 when it is percent-decoded.";
            decoded = Encoding.UTF8.GetString(buffer, 0, length);
            return null;
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    private static int HexValue(char digit) => char.IsAsciiDigit(digit) ? digit - '0' : (digit | 0x20) - 'a' + 10;
}
