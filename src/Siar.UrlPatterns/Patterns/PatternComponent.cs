using Siar.UrlPatterns.Regexes;

namespace Siar.UrlPatterns.Patterns;

/// <summary>The compiled pattern of one component. Immutable; may be used from any thread.</summary>
internal sealed class PatternComponent
{
    private readonly MatchProgram _program;
    private readonly string[] _groupNames;
    private readonly bool _ignoreCase;
    private readonly TailWildcard? _tail;

    private PatternComponent(IReadOnlyList<Part> parts, ComponentOptions options, int maxStates)
    {
        PatternText = PatternString.Write(parts, options);
        (LiteralPrefix, IsLiteral) = Literal(parts);
        HasRegexpGroups = parts.Any(p => p.Type == PartType.Regexp);
        _groupNames = [.. parts.Where(p => p.Type != PartType.FixedText).Select(p => p.Name)];
        _ignoreCase = options.IgnoreCase;
        _tail = TailWildcard.Of(parts, options);
        _program = MatchCompiler.Compile(PartTree.Make(parts, options), _groupNames.Length, maxStates);
    }

    /// <summary>The pattern in normal form.</summary>
    public string PatternText { get; }

    /// <summary>The text that every match begins with.</summary>
    public string LiteralPrefix { get; }

    /// <summary>Whether <see cref="LiteralPrefix"/> is all that matches.</summary>
    public bool IsLiteral { get; }

    /// <summary>Whether the pattern holds a regular expression of its author's.</summary>
    public bool HasRegexpGroups { get; }

    /// <summary>How many states it has: what one character costs at most.</summary>
    public int Size => _program.Size;

    /// <summary>Compiles a pattern string.</summary>
    /// <exception cref="UrlPatternException">It is malformed, or needs more than the given number of states.</exception>
    public static PatternComponent Compile(string pattern, ComponentOptions options, Func<string, string> encode, int maxStates) =>
        new(PatternParser.Parse(pattern, options, encode), options, maxStates);

    /// <summary>Whether the component's text matches.</summary>
    public bool Matches(string text) => Matches(text, out _);

    /// <summary>Whether the component's text matches, and how many states were visited to know it.</summary>
    public bool Matches(string text, out long work)
    {
        work = 0;
        var comparison = _ignoreCase ? StringComparison.OrdinalIgnoreCase : StringComparison.Ordinal;
        if (IsLiteral) return string.Equals(text, LiteralPrefix, comparison);
        if (!text.StartsWith(LiteralPrefix, comparison)) return false;
        // Most patterns are fixed text with one wildcard at the end: that takes no program.
        return _tail is { } tail ? tail.Matches(text.AsSpan(LiteralPrefix.Length)) : _program.IsMatch(text, out work);
    }

    /// <summary>What the groups matched, null for one that took no part; null altogether when the text does not match.</summary>
    public ComponentResult? Exec(string text)
    {
        if (_program.Match(text) is not { } slots) return null;
        var groups = new Dictionary<string, string?>();
        for (var i = 0; i < _groupNames.Length; i++)
        {
            var (start, end) = (slots[2 * i], slots[(2 * i) + 1]);
            groups[_groupNames[i]] = start < 0 || end < 0 ? null : text[start..end];
        }

        return new ComponentResult(text, groups);
    }

    private static (string Text, bool IsAll) Literal(IReadOnlyList<Part> parts)
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
}
