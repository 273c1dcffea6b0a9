using System.Globalization;

namespace Siar.UrlPatterns.Regexes;

/// <summary>What a backslash begins, in a class and outside (ECMA-262, CharacterEscape and CharacterClassEscape).</summary>
internal static class RegexEscape
{
    private const string SyntaxCharacters = "^$\\.*+?()[]{}|/";

    /// <summary>A set such as <c>\d</c> or <c>\p{…}</c>; null, with nothing read, when another escape follows.</summary>
    public static AsciiSet? TryParseSet(RegexReader reader, bool ignoreCase)
    {
        if (reader.Current != '\\' || reader.Peek(1) is not ('d' or 'D' or 's' or 'S' or 'w' or 'W' or 'p' or 'P')) return null;
        reader.Next();
        var letter = reader.Next();
        var set = char.ToLowerInvariant(letter) switch
        {
            'd' => AsciiSet.Digits,
            's' => AsciiSet.WhiteSpace,
            'w' => AsciiSet.WordCharacters,
            _ => Property(reader, negated: letter == 'P'),
        };
        if (ignoreCase) set = set.IgnoringCase();
        return char.IsAsciiLetterUpper(letter) ? ~set : set;
    }

    /// <summary>One code point.</summary>
    public static int ParseCharacter(RegexReader reader)
    {
        reader.Require("\\");
        var c = reader.Next();
        switch (c)
        {
            case 't': return '\t';
            case 'n': return '\n';
            case 'v': return '\v';
            case 'f': return '\f';
            case 'r': return '\r';
            case '0' when !char.IsAsciiDigit(reader.Current): return 0;
            case 'c' when char.IsAsciiLetter(reader.Current): return reader.Next() % 32;
            case 'x': return Hex(reader, 2);
            case 'u': return CodePoint(reader);
        }

        return SyntaxCharacters.Contains(c) ? c : throw reader.Error($"has the unknown escape '\\{c}'");
    }

    /// <summary>
    /// One code point, which with case ignored also means the letters that fold to it: the two that are not ASCII themselves are the long s and the Kelvin sign.
    /// </summary>
    public static RegexNode ToNode(int codePoint, bool ignoreCase) => RegexNode.Character(Fold(codePoint, ignoreCase), ignoreCase);

    public static int Fold(int codePoint, bool ignoreCase) => (ignoreCase, codePoint) switch
    {
        (true, 0x17F) => 's',
        (true, 0x212A) => 'k',
        _ => codePoint,
    };

    private static AsciiSet Property(RegexReader reader, bool negated)
    {
        reader.Require("{");
        var name = reader.TakeWhile(c => char.IsAsciiLetterOrDigit(c) || c is '_' or '=');
        reader.Require("}");
        if (negated && UnicodeProperties.IsOfStrings(name)) throw reader.Error($"negates '{name}', a property of strings");
        return UnicodeProperties.Find(name) ?? throw reader.Error($"names the unknown property '{name}'");
    }

    private static int CodePoint(RegexReader reader)
    {
        if (reader.TryTake("{"))
        {
            var digits = reader.TakeWhile(char.IsAsciiHexDigit).TrimStart('0').PadLeft(1, '0');
            reader.Require("}");
            var value = digits.Length <= 6 ? int.Parse(digits, NumberStyles.HexNumber, CultureInfo.InvariantCulture) : int.MaxValue;
            return value <= 0x10FFFF ? value : throw reader.Error("names a code point above U+10FFFF");
        }

        var lead = Hex(reader, 4);
        if (!char.IsHighSurrogate((char)lead) || !reader.StartsWith("\\uD") && !reader.StartsWith("\\ud")) return lead;
        reader.Require("\\u");
        return char.ConvertToUtf32((char)lead, (char)Hex(reader, 4));
    }

    private static int Hex(RegexReader reader, int digits)
    {
        var value = 0;
        for (var i = 0; i < digits; i++)
        {
            var c = reader.Next();
            if (!char.IsAsciiHexDigit(c)) throw reader.Error($"has an escape that needs {digits} hexadecimal digits");
            value = (value << 4) | (char.IsAsciiDigit(c) ? c - '0' : (c | 0x20) - 'a' + 10);
        }

        return value;
    }
}
