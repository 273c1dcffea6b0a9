using System.Globalization;
using System.Text;
using Siar.UrlPatterns.Regexes;

namespace Siar.UrlPatterns.Patterns;

/// <summary>The kinds of token (standard, 2.1.1).</summary>
internal enum TokenType
{
    Open,
    Close,
    Regexp,
    Name,
    Char,
    EscapedChar,
    OtherModifier,
    Asterisk,
    End,
    InvalidChar,
}

/// <summary>One token of a pattern string.</summary>
/// <param name="Type">Its kind.</param>
/// <param name="Index">Where it begins in the pattern.</param>
/// <param name="Value">Its text, without what only marks its kind.</param>
internal readonly record struct Token(TokenType Type, int Index, string Value);

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

/// <summary>What a group's name is made of: ECMAScript's IdentifierStart and IdentifierPart, which are Unicode's ID_Start and ID_Continue and a few more.</summary>
internal static class NameCodePoint
{
    public static bool IsStart(Rune rune) => rune.Value is '$' or '_' || IsIdStart(rune);

    public static bool IsPart(Rune rune) => rune.Value is '$' or 0x200C or 0x200D || IsIdContinue(rune);

    private static bool IsIdStart(Rune rune) => Rune.GetUnicodeCategory(rune) switch
    {
        // Pattern_Syntax is taken out: of these categories only the vertical tilde has it.
        UnicodeCategory.UppercaseLetter or UnicodeCategory.LowercaseLetter or UnicodeCategory.TitlecaseLetter or UnicodeCategory.ModifierLetter
            or UnicodeCategory.OtherLetter or UnicodeCategory.LetterNumber => rune.Value != 0x2E2F,
        // Other_ID_Start.
        _ => rune.Value is 0x1885 or 0x1886 or 0x2118 or 0x212E or 0x309B or 0x309C,
    };

    private static bool IsIdContinue(Rune rune) => IsIdStart(rune) || Rune.GetUnicodeCategory(rune) switch
    {
        UnicodeCategory.NonSpacingMark or UnicodeCategory.SpacingCombiningMark or UnicodeCategory.DecimalDigitNumber
            or UnicodeCategory.ConnectorPunctuation => true,
        // Other_ID_Continue.
        _ => rune.Value is 0xB7 or 0x387 or (>= 0x1369 and <= 0x1371) or 0x19DA or 0x30FB or 0xFF65,
    };
}
