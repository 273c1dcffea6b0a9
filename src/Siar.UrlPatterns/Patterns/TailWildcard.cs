using Siar.UrlPatterns.Regexes;

namespace Siar.UrlPatterns.Patterns;

/// <summary>The wildcard that ends a pattern of otherwise fixed text: <c>*</c> or <c>:name</c>.</summary>
/// <param name="Segment">What <c>:name</c> takes, at least one of; null for <c>*</c>, which takes anything and nothing.</param>
internal sealed record TailWildcard(AsciiSet? Segment)
{
    /// <summary>The wildcard; null when the pattern is made of anything else.</summary>
    public static TailWildcard? Of(IReadOnlyList<Part> parts, ComponentOptions options)
    {
        if (parts is not [.., { Modifier: PartModifier.None, Suffix: "" } last]) return null;
        if (!parts.SkipLast(1).All(p => p is { Type: PartType.FixedText, Modifier: PartModifier.None })) return null;
        return last.Type switch
        {
            PartType.FullWildcard => new TailWildcard(Segment: null),
            PartType.SegmentWildcard => new TailWildcard(options.SegmentCharacters),
            _ => null,
        };
    }

    public bool Matches(ReadOnlySpan<char> rest)
    {
        if (Segment is not { } segment) return true;
        foreach (var c in rest)
        {
            if (!segment.Contains(c)) return false;
        }

        return rest.Length > 0;
    }
}
