namespace Siar.UrlPatterns.Urls;

/// <summary>Windows drive letters, which file URLs treat specially on every platform (URL standard, 4.2).</summary>
internal static class DriveLetter
{
    public static bool Is(ReadOnlySpan<char> text) => text.Length == 2 && char.IsAsciiLetter(text[0]) && text[1] is ':' or '|';

    public static bool IsNormalized(ReadOnlySpan<char> text) => Is(text) && text[1] == ':';

    /// <summary>Whether a drive letter opens the text, which holds neither query nor fragment.</summary>
    public static bool Opens(ReadOnlySpan<char> text) => text.Length >= 2 && Is(text[..2]) && (text.Length == 2 || text[2] is '/' or '\\');
}
