using Siar.UrlPatterns.Regexes;

namespace Siar.UrlPatterns.Patterns;

/// <summary>The compiled pattern of one component. Immutable; may be used from any thread.</summary>
internal sealed class PatternComponent
{
    private enum Form
    {
        /// <summary>Fixed text and nothing else.</summary>
        Literal,

        /// <summary>Fixed text and then <c>*</c>.</summary>
        Wildcard,

        /// <summary>Fixed text and then <c>:name</c>.</summary>
        Segment,

        /// <summary>Anything else: fixed text and then what a program matches.</summary>
        Program,
    }

    private readonly Form _form;
    private readonly bool _ignoreCase;
    private readonly AsciiSet _segment;
    private readonly MatchProgram? _program;
    private readonly int _programStart;

    private PatternComponent(IReadOnlyList<Part> parts, ComponentOptions options, int maxStates)
    {
        (LiteralPrefix, var isLiteral) = FixedText(parts);
        var text = PatternString.Write(parts, options);
        PatternText = text == LiteralPrefix ? LiteralPrefix : text;
        _ignoreCase = options.IgnoreCase;
        _segment = options.SegmentCharacters;
        _form = isLiteral ? Form.Literal : FormOf(parts);
        if (_form != Form.Program) return;
        var fixedParts = parts.TakeWhile(IsPlainText).ToList();
        _programStart = fixedParts.Sum(p => p.Value.Length);
        _program = MatchCompiler.Compile(Tree(parts.Skip(fixedParts.Count), options), maxStates);
    }

    /// <summary>The pattern in normal form.</summary>
    public string PatternText { get; }

    /// <summary>The text that every match begins with.</summary>
    public string LiteralPrefix { get; }

    /// <summary>Whether <see cref="LiteralPrefix"/> is all that matches.</summary>
    public bool IsLiteral => _form == Form.Literal;

    /// <summary>How many states it has: what one character costs at most. Fixed text and a wildcard at its end have none.</summary>
    public int Size => _program?.Size ?? 0;

    /// <summary>Compiles a pattern string.</summary>
    /// <exception cref="UrlPatternException">It is malformed, or needs more than the given number of states.</exception>
    public static PatternComponent Compile(string pattern, ComponentOptions options, Func<string, string> encode, int maxStates) =>
        new(PatternParser.Parse(pattern, options, encode), options, maxStates);

    /// <summary>Whether the component's text matches.</summary>
    public bool IsMatch(string text) => IsMatch(text, out _);

    /// <summary>Whether the component's text matches, and how many states were looked at to know it.</summary>
    public bool IsMatch(string text, out long work)
    {
        work = 0;
        var comparison = _ignoreCase ? StringComparison.OrdinalIgnoreCase : StringComparison.Ordinal;
        if (_form == Form.Literal) return string.Equals(text, LiteralPrefix, comparison);
        if (!text.StartsWith(LiteralPrefix, comparison)) return false;
        return _form switch
        {
            Form.Wildcard => true,
            Form.Segment => IsSegment(text.AsSpan(LiteralPrefix.Length)),
            _ => _program!.IsMatch(text, _programStart, out work),
        };
    }

    private bool IsSegment(ReadOnlySpan<char> rest)
    {
        foreach (var c in rest)
        {
            if (!_segment.Contains(c)) return false;
        }

        return rest.Length > 0;
    }

    private static (string Text, bool IsAll) FixedText(IReadOnlyList<Part> parts)
    {
        var text = "";
        foreach (var part in parts)
        {
            if (part.Modifier is PartModifier.Optional or PartModifier.ZeroOrMore) return (text, false);
            text += part.Type == PartType.FixedText ? part.Value : part.Prefix;
            if (part.Type != PartType.FixedText || part.Modifier != PartModifier.None) return (text, false);
        }

        return (text, true);
    }

    private static Form FormOf(IReadOnlyList<Part> parts)
    {
        if (parts is not [.., { Modifier: PartModifier.None, Suffix: "" } last] || !parts.SkipLast(1).All(IsPlainText)) return Form.Program;
        return last.Type switch
        {
            PartType.FullWildcard => Form.Wildcard,
            PartType.SegmentWildcard => Form.Segment,
            _ => Form.Program,
        };
    }

    private static bool IsPlainText(Part part) => part is { Type: PartType.FixedText, Modifier: PartModifier.None };

    /// <summary>The regular expression that the parts stand for (standard, 2.2), as far as it matters whether it matches.</summary>
    private static RegexNode Tree(IEnumerable<Part> parts, ComponentOptions options) =>
        new RegexNode.Sequence(
        [
            .. parts.Select(p => p.Type == PartType.FixedText ? Repeat(Literal(p.Value, options), p.Modifier) : Group(p, options)),
        ]);

    private static RegexNode Group(Part part, ComponentOptions options)
    {
        var value = part.Type switch
        {
            PartType.SegmentWildcard => new RegexNode.Repeat(new RegexNode.Characters(options.SegmentCharacters), 1, null),
            PartType.FullWildcard => new RegexNode.Repeat(new RegexNode.Characters(AsciiSet.All), 0, null),
            _ => RegexParser.Parse(part.Value, options.IgnoreCase),
        };
        if (!part.HasAffixes) return Repeat(value, part.Modifier);
        var prefix = Literal(part.Prefix, options);
        var suffix = Literal(part.Suffix, options);
        return Repeat(new RegexNode.Sequence([prefix, value, suffix]), part.Modifier);
    }

    private static RegexNode Repeat(RegexNode node, PartModifier modifier) => modifier switch
    {
        PartModifier.Optional => new RegexNode.Repeat(node, 0, 1),
        PartModifier.ZeroOrMore => new RegexNode.Repeat(node, 0, null),
        PartModifier.OneOrMore => new RegexNode.Repeat(node, 1, null),
        _ => node,
    };

    private static RegexNode Literal(string text, ComponentOptions options) => RegexNode.Literal(text, options.IgnoreCase);
}
