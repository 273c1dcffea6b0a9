using System.Globalization;
using System.Text;
using Siar.UrlPatterns.Regexes;

namespace Siar.UrlPatterns.Patterns;

/// <summary>The kinds of part (standard, 2.1.3).</summary>
internal enum PartType
{
    FixedText,
    Regexp,
    SegmentWildcard,
    FullWildcard,
}

/// <summary>How often a part may come.</summary>
internal enum PartModifier
{
    None,
    Optional,
    ZeroOrMore,
    OneOrMore,
}

/// <summary>A piece of a pattern: fixed text, or a group with the text that belongs to it.</summary>
/// <param name="Type">The kind.</param>
/// <param name="Value">The fixed text, or the regular expression.</param>
/// <param name="Modifier">How often it may come.</param>
/// <param name="Name">The group's name; empty for fixed text.</param>
/// <param name="Prefix">The text before the group.</param>
/// <param name="Suffix">The text after the group.</param>
internal sealed record Part(PartType Type, string Value, PartModifier Modifier, string Name = "", string Prefix = "", string Suffix = "")
{
    /// <summary>Whether the group was given a name and not numbered.</summary>
    public bool HasCustomName => Name.Length > 0 && !char.IsAsciiDigit(Name[0]);

    public bool HasAffixes => Prefix.Length > 0 || Suffix.Length > 0;

    /// <summary>The modifier as it is written.</summary>
    public string ModifierText => Modifier switch
    {
        PartModifier.Optional => "?",
        PartModifier.ZeroOrMore => "*",
        PartModifier.OneOrMore => "+",
        _ => "",
    };
}

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

/// <summary>Parses a component's pattern string into parts (standard, 2.1.5).</summary>
internal sealed class PatternParser
{
    private const string FullWildcard = ".*";

    private readonly IReadOnlyList<Token> _tokens;
    private readonly ComponentOptions _options;
    private readonly Func<string, string> _encode;
    private readonly List<Part> _parts = [];
    private readonly HashSet<string> _names = [];
    private readonly StringBuilder _pending = new();
    private int _index;
    private int _nextNumber;

    private PatternParser(string input, ComponentOptions options, Func<string, string> encode)
    {
        _tokens = Tokenizer.Strict(input);
        _options = options;
        _encode = encode;
    }

    /// <summary>The parts of a pattern.</summary>
    /// <param name="input">The pattern string.</param>
    /// <param name="options">The component's options.</param>
    /// <param name="encode">Normalises fixed text as the component's text in a URL is.</param>
    public static IReadOnlyList<Part> Parse(string input, ComponentOptions options, Func<string, string> encode) =>
        new PatternParser(input, options, encode).Run();

    private List<Part> Run()
    {
        while (_index < _tokens.Count)
        {
            var character = TryTake(TokenType.Char);
            var name = TryTake(TokenType.Name);
            var group = TryTakeGroup(name);
            if (name is not null || group is not null)
            {
                Group(character?.Value ?? "", name, group);
            }
            else if ((character ?? TryTake(TokenType.EscapedChar)) is { } text)
            {
                _pending.Append(text.Value);
            }
            else if (TryTake(TokenType.Open) is not null)
            {
                Braces();
            }
            else
            {
                AddPending();
                Require(TokenType.End);
            }
        }

        return _parts;
    }

    /// <summary>A group outside braces: the character before it belongs to it when it is the component's prefix.</summary>
    private void Group(string prefix, Token? name, Token? group)
    {
        if (prefix != _options.Prefix)
        {
            _pending.Append(prefix);
            prefix = "";
        }

        AddPending();
        AddPart(prefix, name, group, "", TakeModifier());
    }

    private void Braces()
    {
        var prefix = TakeText();
        var name = TryTake(TokenType.Name);
        var group = TryTakeGroup(name);
        var suffix = TakeText();
        Require(TokenType.Close);
        AddPart(prefix, name, group, suffix, TakeModifier());
    }

    private void AddPart(string prefix, Token? name, Token? group, string suffix, PartModifier modifier)
    {
        if (name is null && group is null)
        {
            // {text} joins the text around it; {text}? cannot.
            if (modifier == PartModifier.None)
            {
                _pending.Append(prefix);
                return;
            }

            AddPending();
            if (prefix.Length > 0) _parts.Add(new Part(PartType.FixedText, _encode(prefix), modifier));
            return;
        }

        AddPending();
        var regexp = group switch
        {
            null => _options.SegmentWildcard,
            { Type: TokenType.Asterisk } => FullWildcard,
            { } token => token.Value,
        };
        // A regular expression that says the same as :name or * is that.
        var type = regexp == _options.SegmentWildcard ? PartType.SegmentWildcard : regexp == FullWildcard ? PartType.FullWildcard : PartType.Regexp;
        var text = name?.Value ?? _nextNumber++.ToString(CultureInfo.InvariantCulture);
        if (!_names.Add(text)) throw new UrlPatternException($"two groups are named '{UrlPatternException.Excerpt(text)}': give each its own name");
        _parts.Add(new Part(type, type == PartType.Regexp ? regexp : "", modifier, text, _encode(prefix), _encode(suffix)));
    }

    private void AddPending()
    {
        if (_pending.Length == 0) return;
        _parts.Add(new Part(PartType.FixedText, _encode(_pending.ToString()), PartModifier.None));
        _pending.Clear();
    }

    private string TakeText()
    {
        var text = new StringBuilder();
        while ((TryTake(TokenType.Char) ?? TryTake(TokenType.EscapedChar)) is { } token) text.Append(token.Value);
        return text.ToString();
    }

    private PartModifier TakeModifier() => (TryTake(TokenType.OtherModifier) ?? TryTake(TokenType.Asterisk))?.Value switch
    {
        "?" => PartModifier.Optional,
        "*" => PartModifier.ZeroOrMore,
        "+" => PartModifier.OneOrMore,
        _ => PartModifier.None,
    };

    private Token? TryTakeGroup(Token? name) => TryTake(TokenType.Regexp) ?? (name is null ? TryTake(TokenType.Asterisk) : null);

    private Token? TryTake(TokenType type) => _index < _tokens.Count && _tokens[_index].Type == type ? _tokens[_index++] : null;

    private void Require(TokenType type)
    {
        if (TryTake(type) is not null) return;
        var token = _tokens[_index];
        var found = token.Type == TokenType.End ? "the end" : $"'{UrlPatternException.Excerpt(token.Value)}'";
        var wanted = type == TokenType.Close ? "a '}' should stand" : "nothing may stand";
        throw new UrlPatternException($"where {wanted} there is {found}, at character {token.Index} of a component");
    }
}
