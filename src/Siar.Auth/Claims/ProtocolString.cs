using System.Globalization;
using System.Text;

namespace Siar.Auth;

/// <summary>
/// Mercure 1.0's "protocol string", the only text a matcher may be: Unicode text without control characters (C0, DEL, C1) and without
/// category Cf, whose invisible marks make two different topics look alike.
/// </summary>
internal static class ProtocolString
{
    /// <summary>What keeps the text from being a protocol string, as the end of a sentence; null when nothing does.</summary>
    public static string? Check(string text)
    {
        foreach (var rune in text.EnumerateRunes())
        {
            var category = Rune.GetUnicodeCategory(rune);
            if (category is UnicodeCategory.Control or UnicodeCategory.Format) return $"holds the character U+{rune.Value:X4}, which cannot be seen";
        }

        return null;
    }
}
