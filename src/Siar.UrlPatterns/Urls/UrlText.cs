using System.Buffers;
using System.Text;

namespace Siar.UrlPatterns.Urls;

/// <summary>What the parsers do to text before and while they read it.</summary>
internal static class UrlText
{
    private static readonly SearchValues<char> TabsAndNewlines = SearchValues.Create("\t\n\r");

    public static ReadOnlySpan<char> TrimControlsAndSpaces(ReadOnlySpan<char> text)
    {
        while (text.Length > 0 && text[0] <= ' ') text = text[1..];
        while (text.Length > 0 && text[^1] <= ' ') text = text[..^1];
        return text;
    }

    public static ReadOnlySpan<char> WithoutTabsAndNewlines(ReadOnlySpan<char> text)
    {
        if (!text.ContainsAny(TabsAndNewlines)) return text;
        var kept = new char[text.Length];
        var length = 0;
        foreach (var c in text)
        {
            if (c is not ('\t' or '\n' or '\r')) kept[length++] = c;
        }

        return kept.AsSpan(0, length);
    }

    /// <summary>The text with every lone surrogate replaced by U+FFFD.</summary>
    public static string ToScalarValues(string text)
    {
        var kept = new StringBuilder(text.Length);
        foreach (var rune in text.EnumerateRunes()) kept.Append(rune.ToString());
        return kept.Length == text.Length && kept.Equals(text) ? text : kept.ToString();
    }

    /// <summary>The colon that ends a host: those inside an IPv6 address's brackets do not.</summary>
    public static int IndexOfColonOutsideBrackets(ReadOnlySpan<char> text)
    {
        var inside = false;
        for (var i = 0; i < text.Length; i++)
        {
            if (text[i] == '[') inside = true;
            else if (text[i] == ']') inside = false;
            else if (text[i] == ':' && !inside) return i;
        }

        return -1;
    }
}
