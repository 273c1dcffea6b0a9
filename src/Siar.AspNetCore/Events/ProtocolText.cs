using System.Globalization;
using System.Text;

namespace Siar.AspNetCore;

/// <summary>
/// What the text of topics, ids and types may hold (Mercure's "protocol string"): no control character (C0, DEL, C1), which could break a
/// frame, and none of the category Cf, which is invisible and lets two texts look the same.
/// </summary>
internal static class ProtocolText
{
    /// <summary>A sentence that says what is wrong, or null when all is well.</summary>
    public static string? Check(string field, string text)
    {
        var at = 0;
        foreach (var rune in text.EnumerateRunes())
        {
            if (Rune.IsControl(rune)) return $"The {field} holds the control character U+{rune.Value:X4} at character {at}.";
            if (Rune.GetUnicodeCategory(rune) is UnicodeCategory.Format)
                return $"The {field} holds the invisible character U+{rune.Value:X4} at character {at}.";
            at += rune.Utf16SequenceLength;
        }

        return null;
    }
}
