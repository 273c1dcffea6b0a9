using System.Text;

namespace Siar.Wire;

/// <summary>Makes text of the bytes that a parser hands out.</summary>
public static class SseText
{
    /// <summary>
    /// Decodes UTF-8 as the Encoding Standard's "UTF-8 decode without BOM" does: each maximal part of an ill-formed sequence becomes one
    /// U+FFFD, and a byte order mark is a character like any other, for the parser has taken the stream's own.
    /// </summary>
    /// <remarks>
    /// Decoding a line alone gives what decoding the whole stream would: an ill-formed sequence never swallows an ASCII byte, so it ends at
    /// the line's end in both.
    /// </remarks>
    public static string Decode(ReadOnlySpan<byte> bytes) => Encoding.UTF8.GetString(bytes);
}
