using System.Text;
using Siar.UrlPatterns.Regexes;

namespace Siar.UrlPatterns.Patterns;

/// <summary>
/// Splits a pattern string into tokens (standard, 2.1.2). Strict refuses what is malformed; lenient makes an invalid-char token of it, for
/// the parser of whole patterns, which only looks for where the components end.
/// </summary>
internal sealed class Tokenizer
{
    private readonly string _input;
    private readonly bool _lenient;
    private readonly List<Token> _tokens = [];
    private int _index;

    private Tokenizer(string input, bool lenient)
    {
        _input = input;
        _lenient = lenient;
    }

    public static IReadOnlyList<Token> Strict(string input) => new Tokenizer(input, lenient: false).Run();

    public static IReadOnlyList<Token> Lenient(string input) => new Tokenizer(input, lenient: true).Run();

    private List<Token> Run()
    {
        while (_index < _input.Length)
        {
            switch (_input[_index])
            {
                case '*':
                    Add(TokenType.Asterisk, _index, _index + 1);
                    break;
                case '+' or '?':
                    Add(TokenType.OtherModifier, _index, _index + 1);
                    break;
                case '{':
                    Add(TokenType.Open, _index, _index + 1);
                    break;
                case '}':
                    Add(TokenType.Close, _index, _index + 1);
                    break;
                case '\\' when _index + 1 == _input.Length:
                    Malformed(_index, _index + 1, "a '\\' escapes nothing");
                    break;
                case '\\':
                    Add(TokenType.EscapedChar, _index + 1, _index + 1 + RuneAt(_index + 1).Utf16SequenceLength);
                    break;
                case ':':
                    Name();
                    break;
                case '(':
                    Regexp();
                    break;
                default:
                    Add(TokenType.Char, _index, _index + RuneAt(_index).Utf16SequenceLength);
                    break;
            }
        }

        Add(TokenType.End, _index, _index);
        return _tokens;
    }

    private void Name()
    {
        var start = _index + 1;
        var end = start;
        while (end < _input.Length && (end == start ? NameCodePoint.IsStart(RuneAt(end)) : NameCodePoint.IsPart(RuneAt(end))))
        {
            end += RuneAt(end).Utf16SequenceLength;
        }

        if (end == start) Malformed(_index, start, "a ':' is followed by no name: write '\\:' for the character itself");
        else Add(TokenType.Name, start, end);
    }

    private void Regexp()
    {
        var start = _index + 1;
        var end = RegexpEnd(start, out var problem);
        if (problem is not null) Malformed(_index, start, problem);
        else Add(TokenType.Regexp, start, end, next: end + 1);
    }

    /// <summary>The place of the parenthesis that closes the group. Only ASCII may stand in it, and no parenthesis that captures.</summary>
    private int RegexpEnd(int start, out string? problem)
    {
        problem = null;
        var depth = 1;
        for (var i = start; i < _input.Length; i++)
        {
            var c = _input[i];
            if (!char.IsAscii(c)) problem = "a regular expression holds a character that is not ASCII: match its percent-encoded form";
            else if (i == start && c == '?') problem = "a regular expression begins with '?'";
            else if (c == '\\' && (++i == _input.Length || !char.IsAscii(_input[i]))) problem = "a '\\' in a regular expression escapes nothing in ASCII";
            else if (c == '(' && (i + 1 == _input.Length || _input[i + 1] != '?')) problem = "a regular expression holds a capturing group: write '(?:'";
            if (problem is not null) return start;
            if (c == '(') depth++;
            if (c != ')' || --depth > 0) continue;
            if (i == start) problem = "a '()' holds no regular expression";
            return i;
        }

        problem = "a '(' is not closed: write '\\(' for the character itself";
        return start;
    }

    private void Malformed(int valueStart, int next, string problem)
    {
        if (!_lenient) throw new UrlPatternException($"{problem}, at character {_index} of '{UrlPatternException.Excerpt(_input)}'");
        Add(TokenType.InvalidChar, valueStart, next, next);
    }

    private void Add(TokenType type, int start, int end) => Add(type, start, end, end);

    private void Add(TokenType type, int start, int end, int next)
    {
        _tokens.Add(new Token(type, _index, _input[start..end]));
        _index = next;
    }

    private Rune RuneAt(int index) => Rune.GetRuneAt(_input, index);
}
