using System.Collections.Immutable;
using System.Globalization;

namespace Siar.UrlPatterns.Regexes;

/// <summary>
/// Parses an ECMAScript regular expression with the flag <c>v</c> (ECMA-262, 22.2.1), as the groups of a URL Pattern hold them, without
/// what cannot be matched in linear time (backreferences, lookaround) and without capturing groups, which a URL Pattern gives no name to.
/// </summary>
internal sealed class RegexParser
{
    private readonly RegexReader _reader;
    private bool _ignoreCase;

    private RegexParser(string text, bool ignoreCase)
    {
        _reader = new RegexReader(text);
        _ignoreCase = ignoreCase;
    }

    /// <summary>The expression as a tree.</summary>
    /// <exception cref="UrlPatternException">It is malformed or uses what is not supported.</exception>
    public static RegexNode Parse(string text, bool ignoreCase)
    {
        var parser = new RegexParser(text, ignoreCase);
        var tree = parser.Disjunction();
        return parser._reader.AtEnd ? tree : throw parser._reader.Error("has a ')' too many");
    }

    private RegexNode Disjunction()
    {
        var alternatives = ImmutableArray.CreateBuilder<RegexNode>();
        do
        {
            var terms = ImmutableArray.CreateBuilder<RegexNode>();
            while (!_reader.AtEnd && _reader.Current is not ('|' or ')')) terms.Add(Term());
            alternatives.Add(terms.Count == 1 ? terms[0] : new RegexNode.Sequence(terms.ToImmutable()));
        }
        while (_reader.TryTake("|"));
        return alternatives.Count == 1 ? alternatives[0] : new RegexNode.Choice(alternatives.ToImmutable());
    }

    private RegexNode Term()
    {
        // A component holds no line terminator, so the flag m changes nothing.
        if (_reader.TryTake("^")) return new RegexNode.Position(Opcode.AtStart);
        if (_reader.TryTake("$")) return new RegexNode.Position(Opcode.AtEnd);
        if (_reader.TryTake("\\b")) return new RegexNode.Position(Opcode.AtWordEdge);
        if (_reader.TryTake("\\B")) return new RegexNode.Position(Opcode.InsideWordOrOutside);
        return Quantified(Atom());
    }

    private RegexNode Atom()
    {
        switch (_reader.Current)
        {
            case '.':
                _reader.Next();
                return new RegexNode.Characters(AsciiSet.All & ~AsciiSet.Of("\n\r"));
            case '[':
                return RegexClass.Parse(_reader, _ignoreCase).ToNode();
            case '(':
                return Group();
            case '\\':
                return Escape();
            case '*' or '+' or '?' or '{':
                throw _reader.Error($"has a '{_reader.Current}' with nothing to repeat");
            case ']' or '}':
                throw _reader.Error($"has a '{_reader.Current}' without its opening: write '\\{_reader.Current}' for the character itself");
            default:
                return RegexNode.Character(_reader.Next(), _ignoreCase);
        }
    }

    private RegexNode Escape()
    {
        if (char.IsAsciiDigit(_reader.Peek(1)) && _reader.Peek(1) != '0' || _reader.Peek(1) == 'k')
        {
            throw _reader.Error("uses a backreference, which cannot be matched in linear time: spell out what it may be");
        }

        if (_reader.TryTakeSet(_ignoreCase) is { } set) return new RegexNode.Characters(set);
        return RegexNode.Character(RegexReader.Fold(_reader.TakeEscapedCharacter(), _ignoreCase), _ignoreCase);
    }

    /// <summary>The atom, repeated when <c>*</c>, <c>+</c>, <c>?</c> or <c>{n,m}</c> follows.</summary>
    private RegexNode Quantified(RegexNode atom)
    {
        var (min, max) = (0, (int?)null);
        if (_reader.TryTake("?")) max = 1;
        else if (_reader.TryTake("+")) min = 1;
        else if (_reader.TryTake("{")) (min, max) = Counts();
        else if (!_reader.TryTake("*")) return atom;
        // A lazy quantifier prefers other matches, which changes nothing about whether there is one.
        _reader.TryTake("?");
        return new RegexNode.Repeat(atom, min, max);
    }

    private (int Min, int? Max) Counts()
    {
        var min = Count() ?? throw _reader.Error("has a '{' that opens no count: write '\\{' for the character itself");
        var max = _reader.TryTake(",") ? Count() : min;
        _reader.Require("}");
        return max < min ? throw _reader.Error("counts down in a repeat") : (min, max);
    }

    /// <summary>A count; one that is too large for a number is refused later for its size.</summary>
    private int? Count()
    {
        var digits = _reader.TakeWhile(char.IsAsciiDigit);
        if (digits.Length == 0) return null;
        return int.TryParse(digits, NumberStyles.None, CultureInfo.InvariantCulture, out var count) ? count : int.MaxValue;
    }

    private RegexNode Group()
    {
        _reader.Next();
        _reader.Enter();
        var outer = _ignoreCase;
        _ignoreCase = IgnoresCaseInside(outer);
        var inner = Disjunction();
        _reader.Require(")");
        _ignoreCase = outer;
        _reader.Leave();
        return inner;
    }

    /// <summary>
    /// Reads what stands between a group's <c>(</c> and its content: <c>?:</c>, or flags to switch on and off as in <c>?i-s:</c>. Says whether case is
    /// ignored inside.
    /// </summary>
    private bool IgnoresCaseInside(bool ignoreCase)
    {
        if (!_reader.TryTake("?")) throw _reader.Error("has a capturing group: write '(?:' for a group");
        if (_reader.TryTake(":")) return ignoreCase;
        if (_reader.Current is '=' or '!' || (_reader.Current == '<' && _reader.Peek(1) is '=' or '!'))
        {
            throw _reader.Error("looks ahead or behind, which is not supported: match the text itself");
        }

        if (_reader.Current == '<') throw _reader.Error("has a named group: name the pattern's group instead, as in ':name(…)'");
        var added = Flags();
        var removed = _reader.TryTake("-") ? Flags() : null;
        _reader.Require(":");
        var all = added + removed;
        if (all.Length == 0 || all.Distinct().Count() < all.Length) throw _reader.Error("switches no flag, or the same flag twice");
        // The flags m and s speak of line terminators, and a component holds none.
        if (added.Contains('i')) return true;
        return ignoreCase && removed?.Contains('i') != true;
    }

    private string Flags() => _reader.TakeWhile(c => c is 'i' or 'm' or 's');
}
