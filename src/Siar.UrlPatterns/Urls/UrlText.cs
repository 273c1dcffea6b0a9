using System.Buffers;
using System.Text;

namespace Siar.UrlPatterns.Urls;

/// <summary>What the parsers do to text before and while they read it.</summary>
internal static class UrlText
{
    private static readonly SearchValues<char> TabsAndNewlines = SearchValues.Create("\t\n\r");

    /// <summary>The text without the C0 controls and spaces around it.</summary>
    public static ReadOnlySpan<char> TrimControlsAndSpaces(ReadOnlySpan<char> text)
    {
        while (text.Length > 0 && text[0] <= ' ') text = text[1..];
        while (text.Length > 0 && text[^1] <= ' ') text = text[..^1];
        return text;
    }

    /// <summary>The text without the tabs and line ends in it.</summary>
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

    /// <summary>A port (URL standard, the port state): the number, when the text is ASCII digits up to 65535, leading zeros allowed; null otherwise.</summary>
    public static int? ParsePort(ReadOnlySpan<char> digits)
    {
        if (digits.IsEmpty) return null;
        var port = 0;
        foreach (var c in digits)
        {
            if (!char.IsAsciiDigit(c)) return null;
            port = (port * 10) + (c - '0');
            if (port > ushort.MaxValue) return null;
        }

        return port;
    }
}

/// <summary>The schemes that the URL standard treats specially (4.2), with their default ports.</summary>
internal static class SpecialScheme
{
    public static IReadOnlyList<string> All { get; } = ["ftp", "file", "http", "https", "ws", "wss"];

    public static bool Contains(string scheme) => scheme is "https" or "http" or "ws" or "wss" or "ftp" or "file";

    public static int? DefaultPort(string scheme) => scheme switch
    {
        "https" or "wss" => 443,
        "http" or "ws" => 80,
        "ftp" => 21,
        _ => null,
    };
}

/// <summary>Windows drive letters, which file URLs treat specially on every platform (URL standard, 4.2).</summary>
internal static class DriveLetter
{
    public static bool Is(ReadOnlySpan<char> text) => text.Length == 2 && char.IsAsciiLetter(text[0]) && text[1] is ':' or '|';

    public static bool IsNormalized(ReadOnlySpan<char> text) => Is(text) && text[1] == ':';

    /// <summary>Whether a drive letter opens the text, which holds neither query nor fragment.</summary>
    public static bool Opens(ReadOnlySpan<char> text) => text.Length >= 2 && Is(text[..2]) && (text.Length == 2 || text[2] is '/' or '\\');
}
