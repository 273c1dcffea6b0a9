using System.Collections.Immutable;

namespace Siar.UrlPatterns.Regexes;

/// <summary>
/// A character class of the flag <c>v</c> (ECMA-262, CharacterClass): with nested classes, intersection, subtraction and, by <c>\q{…}</c>,
/// whole strings.
/// </summary>
internal static class RegexClass
{
    private const string SyntaxCharacters = "()[]{}/-\\|";
    private const string ReservedPunctuators = "&-!#%,:;<=>@`~";
    private const string DoublePunctuators = "&!#$%*+,.:;<=>?@^`~";

    /// <summary>A class from its <c>[</c> to its <c>]</c>.</summary>
    public static ClassContent Parse(RegexReader reader, bool ignoreCase)
    {
        reader.Require("[");
        reader.Enter();
        var negated = reader.TryTake("^");
        var content = reader.Current == ']' ? ClassContent.None : Contents(reader, ignoreCase);
        reader.Require("]");
        reader.Leave();
        if (!negated) return content;
        if (content.Strings.Count > 0) throw reader.Error("negates a class of strings");
        return new ClassContent(~content.Characters);
    }

    private static ClassContent Contents(RegexReader reader, bool ignoreCase)
    {
        var content = RangeOrOperand(reader, ignoreCase, out var isRange);
        var operation = reader.StartsWith("&&") ? "&&" : "--";
        if (!reader.StartsWith(operation))
        {
            while (!reader.AtEnd && reader.Current != ']') content = content.Union(RangeOrOperand(reader, ignoreCase, out _));
            return content;
        }

        if (isRange) throw reader.Error($"has a range beside '{operation}': put the range in brackets of its own");
        while (reader.TryTake(operation))
        {
            if (operation == "&&" && reader.Current == '&') throw reader.Error("has an '&&&' in a class");
            var operand = Operand(reader, ignoreCase, out _);
            content = operation == "&&" ? content.Intersect(operand) : content.Except(operand);
        }

        return reader.Current == ']' ? content : throw reader.Error($"mixes '{operation}' with something else in a class: use brackets of its own");
    }

    private static ClassContent RangeOrOperand(RegexReader reader, bool ignoreCase, out bool isRange)
    {
        isRange = false;
        var first = Operand(reader, ignoreCase, out var from);
        if (reader.Current != '-' || reader.Peek(1) == '-') return first;
        if (from is null) throw reader.Error("has a range that does not begin with a character");
        reader.Next();
        Operand(reader, ignoreCase, out var to);
        if (to is null) throw reader.Error("has a range that does not end with a character");
        if (to < from) throw reader.Error("has a range that runs backwards");
        isRange = true;
        return Range(from.Value, to.Value, ignoreCase);
    }

    private static ClassContent Range(int from, int to, bool ignoreCase)
    {
        var set = AsciiSet.Range(from, to);
        if (!ignoreCase) return new ClassContent(set);
        if (from <= 0x17F && to >= 0x17F) set |= AsciiSet.Of("s");
        if (from <= 0x212A && to >= 0x212A) set |= AsciiSet.Of("k");
        return new ClassContent(set.IgnoringCase());
    }

    /// <summary>A nested class, an escape for a set, strings, or one character.</summary>
    private static ClassContent Operand(RegexReader reader, bool ignoreCase, out int? character)
    {
        character = null;
        if (reader.Current == '[') return Parse(reader, ignoreCase);
        if (RegexEscape.TryParseSet(reader, ignoreCase) is { } set) return new ClassContent(set);
        if (reader.TryTake("\\q{")) return Strings(reader, ignoreCase);
        character = Character(reader);
        return Range(character.Value, character.Value, ignoreCase);
    }

    private static int Character(RegexReader reader)
    {
        if (reader.TryTake("\\b")) return '\b';
        if (reader.Current == '\\' && ReservedPunctuators.Contains(reader.Peek(1)))
        {
            reader.Next();
            return reader.Next();
        }

        if (reader.Current == '\\') return RegexEscape.ParseCharacter(reader);
        var c = reader.Next();
        if (SyntaxCharacters.Contains(c)) throw reader.Error($"has a '{c}' in a class: write '\\{c}' for the character itself");
        if (c == reader.Current && DoublePunctuators.Contains(c)) throw reader.Error($"has a '{c}{c}' in a class, which is reserved: write '\\{c}\\{c}'");
        return c;
    }

    private static ClassContent Strings(RegexReader reader, bool ignoreCase)
    {
        var content = ClassContent.None;
        do
        {
            var codePoints = ImmutableArray.CreateBuilder<int>();
            while (!reader.AtEnd && reader.Current is not ('|' or '}')) codePoints.Add(RegexEscape.Fold(Character(reader), ignoreCase));
            content = content.Union(ClassContent.OfString(codePoints.ToImmutable(), ignoreCase));
        }
        while (reader.TryTake("|"));
        reader.Require("}");
        return content;
    }
}
