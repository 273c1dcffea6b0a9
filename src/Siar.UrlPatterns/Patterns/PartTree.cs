using System.Collections.Immutable;
using Siar.UrlPatterns.Regexes;

namespace Siar.UrlPatterns.Patterns;

/// <summary>The regular expression that a list of parts stands for (standard, 2.2), as a tree.</summary>
internal static class PartTree
{
    public static RegexNode Make(IReadOnlyList<Part> parts, ComponentOptions options)
    {
        var items = ImmutableArray.CreateBuilder<RegexNode>(parts.Count);
        var groups = 0;
        foreach (var part in parts)
        {
            items.Add(part.Type == PartType.FixedText
                ? Repeat(Literal(part.Value, options), part.Modifier)
                : Group(part, groups++, options));
        }

        return new RegexNode.Sequence(items.MoveToImmutable());
    }

    private static RegexNode Group(Part part, int index, ComponentOptions options)
    {
        var value = part.Type switch
        {
            PartType.SegmentWildcard => new RegexNode.Repeat(new RegexNode.Characters(options.SegmentCharacters), 1, null, Lazy: true),
            PartType.FullWildcard => new RegexNode.Repeat(new RegexNode.Characters(AsciiSet.All), 0, null, Lazy: false),
            _ => RegexParser.Parse(part.Value, options.IgnoreCase),
        };
        var repeats = part.Modifier is PartModifier.ZeroOrMore or PartModifier.OneOrMore;
        var prefix = Literal(part.Prefix, options);
        var suffix = Literal(part.Suffix, options);
        if (!repeats) return Repeat(new RegexNode.Sequence([prefix, new RegexNode.Capture(index, value), suffix]), part.Modifier);
        if (!part.HasAffixes) return new RegexNode.Capture(index, Repeat(value, part.Modifier));
        // The group holds all rounds, with the affixes between them and without the first prefix and the last suffix.
        var more = new RegexNode.Repeat(new RegexNode.Sequence([suffix, prefix, value]), 0, null, Lazy: false);
        var all = new RegexNode.Sequence([prefix, new RegexNode.Capture(index, new RegexNode.Sequence([value, more])), suffix]);
        return part.Modifier == PartModifier.ZeroOrMore ? Repeat(all, PartModifier.Optional) : all;
    }

    private static RegexNode Repeat(RegexNode node, PartModifier modifier) => modifier switch
    {
        PartModifier.Optional => new RegexNode.Repeat(node, 0, 1, Lazy: false),
        PartModifier.ZeroOrMore => new RegexNode.Repeat(node, 0, null, Lazy: false),
        PartModifier.OneOrMore => new RegexNode.Repeat(node, 1, null, Lazy: false),
        _ => node,
    };

    private static RegexNode Literal(string text, ComponentOptions options) => RegexNode.Literal(text, options.IgnoreCase);
}
