using System.Collections.Immutable;

namespace Siar.UrlPatterns.Regexes;

/// <summary>A regular expression as a tree.</summary>
internal abstract record RegexNode
{
    public static RegexNode Empty { get; } = new Sequence([]);

    /// <summary>Whether it can match the empty text.</summary>
    public abstract bool IsNullable { get; }

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
    public sealed record Characters(AsciiSet Set) : RegexNode
    {
        public override bool IsNullable => false;
    }

    /// <summary>One after the other.</summary>
    public sealed record Sequence(ImmutableArray<RegexNode> Items) : RegexNode
    {
        public override bool IsNullable { get; } = Items.All(i => i.IsNullable);
    }

    /// <summary>The first that leads to a match.</summary>
    public sealed record Choice(ImmutableArray<RegexNode> Items) : RegexNode
    {
        public override bool IsNullable { get; } = Items.Any(i => i.IsNullable);
    }

    /// <summary>From <paramref name="Min"/> to <paramref name="Max"/> times (null: no end), as often as it can or, when lazy, as seldom.</summary>
    public sealed record Repeat(RegexNode Item, int Min, int? Max, bool Lazy) : RegexNode
    {
        public override bool IsNullable { get; } = Min == 0 || Item.IsNullable;
    }

    /// <summary>What it matches is kept as the group with this index, from 0.</summary>
    public sealed record Capture(int Index, RegexNode Item) : RegexNode
    {
        public override bool IsNullable { get; } = Item.IsNullable;
    }

    /// <summary>Matches the empty text where the condition holds.</summary>
    public sealed record Position(Opcode Condition) : RegexNode
    {
        public override bool IsNullable => true;
    }
}
