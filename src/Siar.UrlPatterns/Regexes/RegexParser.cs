using System.Collections.Immutable;

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
        return RegexQuantifier.Parse(_reader, Atom());
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

        if (RegexEscape.TryParseSet(_reader, _ignoreCase) is { } set) return new RegexNode.Characters(set);
        return RegexEscape.ToNode(RegexEscape.ParseCharacter(_reader), _ignoreCase);
    }

    private RegexNode Group()
    {
        _reader.Next();
        _reader.Enter();
        var outer = _ignoreCase;
        _ignoreCase = RegexModifiers.Parse(_reader, outer);
        var inner = Disjunction();
        _reader.Require(")");
        _ignoreCase = outer;
        _reader.Leave();
        return inner;
    }
}
