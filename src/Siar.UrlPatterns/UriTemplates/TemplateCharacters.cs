using System.Text;

namespace Siar.UrlPatterns.UriTemplates;

/// <summary>The character classes of RFC 6570 that decide whether text is a template.</summary>
internal static class TemplateCharacters
{
    /// <summary>RFC 6570, section 2.1, without percent-encoded triplets: any character outside of expressions that stands for itself.</summary>
    public static bool IsLiteral(Rune rune) => rune.Value switch
    {
        <= ' ' or '"' or '%' or '\'' or '<' or '>' or '\\' or '^' or '`' or '{' or '|' or '}' => false,
        < 0x7F => true,
        _ => IsUnicodeOrPrivate(rune.Value),
    };

    /// <summary>RFC 6570, section 2.3, <c>varchar</c> without percent-encoded triplets.</summary>
    public static bool IsVariable(char c) => char.IsAsciiLetterOrDigit(c) || c == '_';

    /// <summary>Whether a percent-encoded triplet begins at the place.</summary>
    public static bool IsTriplet(ReadOnlySpan<char> text, int at) =>
        at + 2 < text.Length && text[at] == '%' && char.IsAsciiHexDigit(text[at + 1]) && char.IsAsciiHexDigit(text[at + 2]);

    // RFC 6570, section 1.5, ucschar and iprivate: no noncharacters, and no tags (U+E0000 to U+E0FFF).
    private static bool IsUnicodeOrPrivate(int value) =>
        value >= 0xA0
        && value is not ((>= 0xFDD0 and <= 0xFDEF) or (>= 0xFFF0 and <= 0xFFFF) or (>= 0xE0000 and <= 0xE0FFF))
        && (value & 0xFFFE) != 0xFFFE;
}
