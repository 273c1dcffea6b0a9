using System.Globalization;
using System.Text;

namespace Siar.UrlPatterns.Patterns;

/// <summary>What a group's name is made of: ECMAScript's IdentifierStart and IdentifierPart, which are Unicode's ID_Start and ID_Continue and a few more.</summary>
internal static class NameCodePoint
{
    public static bool IsStart(Rune rune) => rune.Value is '$' or '_' || IsIdStart(rune);

    public static bool IsPart(Rune rune) => rune.Value is '$' or 0x200C or 0x200D || IsIdContinue(rune);

    private static bool IsIdStart(Rune rune) => Rune.GetUnicodeCategory(rune) switch
    {
        // Pattern_Syntax is taken out: of these categories only the vertical tilde has it.
        UnicodeCategory.UppercaseLetter or UnicodeCategory.LowercaseLetter or UnicodeCategory.TitlecaseLetter or UnicodeCategory.ModifierLetter
            or UnicodeCategory.OtherLetter or UnicodeCategory.LetterNumber => rune.Value != 0x2E2F,
        // Other_ID_Start.
        _ => rune.Value is 0x1885 or 0x1886 or 0x2118 or 0x212E or 0x309B or 0x309C,
    };

    private static bool IsIdContinue(Rune rune) => IsIdStart(rune) || Rune.GetUnicodeCategory(rune) switch
    {
        UnicodeCategory.NonSpacingMark or UnicodeCategory.SpacingCombiningMark or UnicodeCategory.DecimalDigitNumber
            or UnicodeCategory.ConnectorPunctuation => true,
        // Other_ID_Continue.
        _ => rune.Value is 0xB7 or 0x387 or (>= 0x1369 and <= 0x1371) or 0x19DA or 0x30FB or 0xFF65,
    };
}
