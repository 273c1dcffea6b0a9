namespace Siar.UrlPatterns.Regexes;

/// <summary>A pattern is refused. The message is the rest of a sentence that names the pattern; it never leaves this assembly as an exception.</summary>
internal sealed class UrlPatternException(string message) : Exception(message)
{
    private const int MaxExcerpt = 80;

    /// <summary>As much of a pattern as a message should repeat.</summary>
    public static string Excerpt(string pattern) => pattern.Length <= MaxExcerpt ? pattern : pattern[..MaxExcerpt] + "…";
}
