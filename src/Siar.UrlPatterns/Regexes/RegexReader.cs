using System.Globalization;

namespace Siar.UrlPatterns.Regexes;

/// <summary>Reads the text of a regular expression, what a backslash begins included, and counts how deep its groups and classes nest.</summary>
internal sealed class RegexReader(string text)
{
    private const int MaxDepth = 64;
    private const string SyntaxCharacters = "^$\\.*+?()[]{}|/";

    private int _at;
    private int _depth;

    public bool AtEnd => _at == text.Length;

    /// <summary>The next character; NUL at the end.</summary>
    public char Current => Peek(0);

    public char Peek(int ahead) => _at + ahead < text.Length ? text[_at + ahead] : '\0';

    public bool StartsWith(string expected) => text.AsSpan(_at).StartsWith(expected, StringComparison.Ordinal);

    public char Next() => AtEnd ? throw Error("ends too soon") : text[_at++];

    public bool TryTake(string expected)
    {
        if (!StartsWith(expected)) return false;
        _at += expected.Length;
        return true;
    }

    public void Require(string expected)
    {
        if (!TryTake(expected)) throw Error($"lacks '{expected}'");
    }

    public string TakeWhile(Func<char, bool> accepts)
    {
        var start = _at;
        while (!AtEnd && accepts(text[_at])) _at++;
        return text[start.._at];
    }

    public void Enter()
    {
        if (++_depth > MaxDepth) throw Error($"nests deeper than {MaxDepth} groups: write it flatter");
    }

    public void Leave() => _depth--;

    /// <summary>A set (ECMA-262, CharacterClassEscape) such as <c>\d</c> or <c>\p{…}</c>; null, with nothing read, when another escape follows.</summary>
    public AsciiSet? TryTakeSet(bool ignoreCase)
    {
        if (Current != '\\' || Peek(1) is not ('d' or 'D' or 's' or 'S' or 'w' or 'W' or 'p' or 'P')) return null;
        Next();
        var letter = Next();
        var set = char.ToLowerInvariant(letter) switch
        {
            'd' => AsciiSet.Digits,
            's' => AsciiSet.WhiteSpace,
            'w' => AsciiSet.WordCharacters,
            _ => Property(negated: letter == 'P'),
        };
        if (ignoreCase) set = set.IgnoringCase();
        return char.IsAsciiLetterUpper(letter) ? ~set : set;
    }

    /// <summary>One code point that a backslash begins, in a class and outside (ECMA-262, CharacterEscape).</summary>
    public int TakeEscapedCharacter()
    {
        Require("\\");
        var c = Next();
        switch (c)
        {
            case 't': return '\t';
            case 'n': return '\n';
            case 'v': return '\v';
            case 'f': return '\f';
            case 'r': return '\r';
            case '0' when !char.IsAsciiDigit(Current): return 0;
            case 'c' when char.IsAsciiLetter(Current): return Next() % 32;
            case 'x': return Hex(2);
            case 'u': return CodePoint();
        }

        return SyntaxCharacters.Contains(c) ? c : throw Error($"has the unknown escape '\\{c}'");
    }

    /// <summary>
    /// With case ignored the letter that a code point folds to where that is ASCII: of those that are not ASCII themselves these are the long s and the Kelvin
    /// sign.
    /// </summary>
    public static int Fold(int codePoint, bool ignoreCase) => (ignoreCase, codePoint) switch
    {
        (true, 0x17F) => 's',
        (true, 0x212A) => 'k',
        _ => codePoint,
    };

    public UrlPatternException Error(string what) => new($"the regular expression '{UrlPatternException.Excerpt(text)}' {what}, at character {_at}");

    private AsciiSet Property(bool negated)
    {
        Require("{");
        var name = TakeWhile(c => char.IsAsciiLetterOrDigit(c) || c is '_' or '=');
        Require("}");
        if (negated && UnicodeProperties.IsOfStrings(name)) throw Error($"negates '{name}', a property of strings");
        return UnicodeProperties.Find(name) ?? throw Error($"names the unknown property '{name}'");
    }

    private int CodePoint()
    {
        if (TryTake("{"))
        {
            var digits = TakeWhile(char.IsAsciiHexDigit).TrimStart('0').PadLeft(1, '0');
            Require("}");
            var value = digits.Length <= 6 ? int.Parse(digits, NumberStyles.HexNumber, CultureInfo.InvariantCulture) : int.MaxValue;
            return value <= 0x10FFFF ? value : throw Error("names a code point above U+10FFFF");
        }

        var lead = Hex(4);
        if (!char.IsHighSurrogate((char)lead) || !StartsWith("\\uD") && !StartsWith("\\ud")) return lead;
        Require("\\u");
        return char.ConvertToUtf32((char)lead, (char)Hex(4));
    }

    private int Hex(int digits)
    {
        var value = 0;
        for (var i = 0; i < digits; i++)
        {
            var c = Next();
            if (!char.IsAsciiHexDigit(c)) throw Error($"has an escape that needs {digits} hexadecimal digits");
            value = (value << 4) | (char.IsAsciiDigit(c) ? c - '0' : (c | 0x20) - 'a' + 10);
        }

        return value;
    }
}
