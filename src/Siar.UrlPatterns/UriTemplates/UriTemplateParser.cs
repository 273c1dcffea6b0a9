using System.Collections.Immutable;
using System.Text;

namespace Siar.UrlPatterns.UriTemplates;

/// <summary>Reads text as an RFC 6570 URI Template of any level.</summary>
internal ref struct UriTemplateParser(string text)
{
    private readonly ReadOnlySpan<char> _text = text;
    private int _at;

    /// <summary>What is wrong with the text, as a sentence; null while nothing is.</summary>
    public string? Error { get; private set; }

    /// <summary>Reads the whole text. Stops at the first fault and leaves it in <see cref="Error"/>.</summary>
    public ImmutableArray<TemplatePart> Parse()
    {
        var parts = ImmutableArray.CreateBuilder<TemplatePart>();
        while (_at < _text.Length && Error is null)
        {
            if (_text[_at] == '{') ReadExpression(parts);
            else ReadLiteral(parts);
        }

        return parts.ToImmutable();
    }

    /// <summary>Whether a percent-encoded triplet begins at the place.</summary>
    public static bool IsTriplet(ReadOnlySpan<char> text, int at) =>
        at + 2 < text.Length && text[at] == '%' && char.IsAsciiHexDigit(text[at + 1]) && char.IsAsciiHexDigit(text[at + 2]);

    private void ReadLiteral(ImmutableArray<TemplatePart>.Builder parts)
    {
        var start = _at;
        while (_at < _text.Length && _text[_at] != '{')
        {
            var length = LiteralLength();
            if (length == 0)
            {
                Fail(_text[_at] == '}' ? "a closing brace without an opening one" : "a character that a URI Template does not allow outside of braces");
                return;
            }

            _at += length;
        }

        parts.Add(new TemplateLiteral(_text[start.._at].ToString()));
    }

    private readonly int LiteralLength()
    {
        if (IsTriplet(_text, _at)) return 3;
        var isRune = Rune.DecodeFromUtf16(_text[_at..], out var rune, out var length) == System.Buffers.OperationStatus.Done;
        return isRune && IsLiteral(rune) ? length : 0;
    }

    private void ReadExpression(ImmutableArray<TemplatePart>.Builder parts)
    {
        _at++;
        var op = _at < _text.Length ? TemplateOperator.Of(_text[_at]) : null;
        if (op is not null) _at++;

        var variables = 0;
        bool firstExplodes = false, anyExplodes = false;
        do
        {
            if (!ReadName()) return;
            var explodes = Take('*');
            if (!explodes && Take(':') && !ReadMaxLength()) return;
            if (variables++ == 0) firstExplodes = explodes;
            anyExplodes |= explodes;
        }
        while (Take(','));

        if (!Take('}'))
        {
            Fail("an expression that is not closed where it should be");
            return;
        }

        parts.Add(new TemplateExpression(op ?? TemplateOperator.Simple, variables, firstExplodes, anyExplodes));
    }

    // RFC 6570, section 2.3: varname = varchar *( ["."] varchar ), so a dot stands only between others.
    private bool ReadName()
    {
        var length = 0;
        while (_at < _text.Length)
        {
            var step = VariableCharacterLength(_at);
            if (step == 0 && length > 0 && _text[_at] == '.') step = 1 + VariableCharacterLength(_at + 1);
            if (step == 0 || (_text[_at] == '.' && step == 1)) break;
            _at += step;
            length += step;
        }

        if (length == 0) Fail("no variable name where there should be one");
        return length > 0;
    }

    private readonly int VariableCharacterLength(int at) =>
        IsTriplet(_text, at) ? 3
        : at < _text.Length && IsVariable(_text[at]) ? 1
        : 0;

    // RFC 6570, section 2.4.1: max-length = %x31-39 0*3DIGIT, a positive integer below 10000.
    private bool ReadMaxLength()
    {
        var start = _at;
        while (_at < _text.Length && _at - start < 4 && char.IsAsciiDigit(_text[_at])) _at++;
        var isNumber = _at > start && _text[start] != '0';
        if (!isNumber) Fail("a prefix length that is no number from 1 to 9999");
        return isNumber;
    }

    private bool Take(char c)
    {
        if (_at >= _text.Length || _text[_at] != c) return false;
        _at++;
        return true;
    }

    private void Fail(string what) =>
        Error = _at < _text.Length ? $"The URI Template has {what}, at character {_at}." : $"The URI Template has {what}, at its end.";

    /// <summary>RFC 6570, section 2.1, without percent-encoded triplets: any character outside of expressions that stands for itself.</summary>
    private static bool IsLiteral(Rune rune) => rune.Value switch
    {
        <= ' ' or '"' or '%' or '\'' or '<' or '>' or '\\' or '^' or '`' or '{' or '|' or '}' => false,
        < 0x7F => true,
        _ => IsUnicodeOrPrivate(rune.Value),
    };

    /// <summary>RFC 6570, section 2.3, <c>varchar</c> without percent-encoded triplets.</summary>
    private static bool IsVariable(char c) => char.IsAsciiLetterOrDigit(c) || c == '_';

    // RFC 6570, section 1.5, ucschar and iprivate: no noncharacters, and no tags (U+E0000 to U+E0FFF).
    private static bool IsUnicodeOrPrivate(int value) =>
        value >= 0xA0
        && value is not ((>= 0xFDD0 and <= 0xFDEF) or (>= 0xFFF0 and <= 0xFFFF) or (>= 0xE0000 and <= 0xE0FFF))
        && (value & 0xFFFE) != 0xFFFE;
}
