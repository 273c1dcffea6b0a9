using System.Collections.Immutable;

namespace Siar.UrlPatterns.Regexes;

/// <summary>A regular expression as a tree, as far as it says whether a text matches: what is preferred among several matches is not in it, nor what a group holds.</summary>
internal abstract record RegexNode
{
    /// <summary>The text itself, letter for letter or ignoring case.</summary>
    public static RegexNode Literal(string text, bool ignoreCase) =>
        new Sequence([.. text.Select(c => Character(c, ignoreCase))]);

    /// <summary>One code point; one that is not ASCII matches nothing.</summary>
    public static RegexNode Character(int codePoint, bool ignoreCase)
    {
        var set = AsciiSet.Range(codePoint, codePoint);
        return new Characters(ignoreCase ? set.IgnoringCase() : set);
    }

    /// <summary>One character of a set.</summary>
    public sealed record Characters(AsciiSet Set) : RegexNode;

    /// <summary>One after the other.</summary>
    public sealed record Sequence(ImmutableArray<RegexNode> Items) : RegexNode;

    /// <summary>Any one of them.</summary>
    public sealed record Choice(ImmutableArray<RegexNode> Items) : RegexNode;

    /// <summary>From <paramref name="Min"/> to <paramref name="Max"/> times (null: no end).</summary>
    public sealed record Repeat(RegexNode Item, int Min, int? Max) : RegexNode;

    /// <summary>Matches the empty text where the condition holds.</summary>
    public sealed record Position(Opcode Condition) : RegexNode;
}
