using Siar.UrlPatterns.Regexes;

namespace Siar.UrlPatterns.Patterns;

/// <summary>What differs between the components' patterns (standard: options).</summary>
/// <param name="Delimiter">Where <c>:name</c> stops; empty: nowhere.</param>
/// <param name="Prefix">What belongs to a group when it stands right before it; empty: nothing.</param>
/// <param name="IgnoreCase">Whether letters match in any case.</param>
internal sealed record ComponentOptions(string Delimiter, string Prefix, bool IgnoreCase = false)
{
    public static ComponentOptions Default { get; } = new("", "");

    public static ComponentOptions Hostname { get; } = new(".", "");

    public static ComponentOptions Pathname { get; } = new("/", "/");

    /// <summary>The regular expression that <c>:name</c> stands for.</summary>
    public string SegmentWildcard => Delimiter.Length == 0 ? "[^]+?" : $"[^\\{Delimiter}]+?";

    /// <summary>The characters that <c>:name</c> takes.</summary>
    public AsciiSet SegmentCharacters => ~AsciiSet.Of(Delimiter);
}
