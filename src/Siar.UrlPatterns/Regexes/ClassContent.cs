using System.Collections.Immutable;

namespace Siar.UrlPatterns.Regexes;

/// <summary>What a class matches: single characters, and strings that are not one character long, kept in lower case when case is ignored.</summary>
internal sealed class ClassContent(AsciiSet characters)
{
    private bool _ignoreCase;

    public static ClassContent None { get; } = new(AsciiSet.None);

    public AsciiSet Characters { get; } = characters;

    public ImmutableHashSet<string> Strings { get; private init; } = [];

    public static ClassContent OfString(ImmutableArray<int> codePoints, bool ignoreCase)
    {
        // What is not ASCII matches nothing.
        if (codePoints.Any(c => c > '\x7f')) return None;
        var text = string.Concat(codePoints.Select(c => (char)c));
        var set = text.Length == 1 ? AsciiSet.Of(text) : AsciiSet.None;
        return new ClassContent(ignoreCase ? set.IgnoringCase() : set)
        {
            Strings = text.Length == 1 ? [] : [ignoreCase ? text.ToLowerInvariant() : text],
            _ignoreCase = ignoreCase,
        };
    }

    public ClassContent Union(ClassContent other) => With(other, Characters | other.Characters, Strings.Union(other.Strings));

    public ClassContent Intersect(ClassContent other) => With(other, Characters & other.Characters, Strings.Intersect(other.Strings));

    public ClassContent Except(ClassContent other) => With(other, Characters & ~other.Characters, Strings.Except(other.Strings));

    /// <summary>The longest string first, the single characters between the longer strings and the empty one (ECMA-262, CompileAtom).</summary>
    public RegexNode ToNode()
    {
        if (Strings.Count == 0) return new RegexNode.Characters(Characters);
        var longestFirst = Strings.Where(s => s.Length > 0).OrderByDescending(s => s.Length).ThenBy(s => s, StringComparer.Ordinal);
        var choices = longestFirst.Select(s => RegexNode.Literal(s, _ignoreCase)).Append(new RegexNode.Characters(Characters));
        return new RegexNode.Choice([.. Strings.Contains("") ? choices.Append(RegexNode.Empty) : choices]);
    }

    private ClassContent With(ClassContent other, AsciiSet characters, ImmutableHashSet<string> strings) =>
        new(characters) { Strings = strings, _ignoreCase = _ignoreCase || other._ignoreCase };
}
