using System.Collections.Immutable;

namespace Siar.UrlPatterns.Regexes;

/// <summary>
/// A character class of the flag <c>v</c> (ECMA-262, CharacterClass): with nested classes, intersection, subtraction and, by <c>\q{…}</c>,
/// whole strings. It holds what the class matches: single characters, and strings that are not one character long, kept in lower case when case is ignored.
/// </summary>
internal sealed class RegexClass
{
    private const string SyntaxCharacters = "()[]{}/-\\|";
    private const string ReservedPunctuators = "&-!#%,:;<=>@`~";
    private const string DoublePunctuators = "&!#$%*+,.:;<=>?@^`~";

    private bool _ignoreCase;

    private RegexClass(AsciiSet characters) => Characters = characters;

    private static RegexClass None { get; } = new(AsciiSet.None);

    private AsciiSet Characters { get; }

    private ImmutableHashSet<string> Strings { get; init; } = [];

    /// <summary>A class from its <c>[</c> to its <c>]</c>.</summary>
    public static RegexClass Parse(RegexReader reader, bool ignoreCase)
    {
        reader.Require("[");
        reader.Enter();
        var negated = reader.TryTake("^");
        var content = reader.Current == ']' ? None : Contents(reader, ignoreCase);
        reader.Require("]");
        reader.Leave();
        if (!negated) return content;
        if (content.Strings.Count > 0) throw reader.Error("negates a class of strings");
        return new RegexClass(~content.Characters);
    }

    /// <summary>The class as a tree: one character of it, or one of its strings.</summary>
    public RegexNode ToNode()
    {
        if (Strings.Count == 0) return new RegexNode.Characters(Characters);
        return new RegexNode.Choice([new RegexNode.Characters(Characters), .. Strings.Select(s => RegexNode.Literal(s, _ignoreCase))]);
    }

    private static RegexClass Contents(RegexReader reader, bool ignoreCase)
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

    private static RegexClass RangeOrOperand(RegexReader reader, bool ignoreCase, out bool isRange)
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

    private static RegexClass Range(int from, int to, bool ignoreCase)
    {
        var set = AsciiSet.Range(from, to);
        if (!ignoreCase) return new RegexClass(set);
        if (from <= 0x17F && to >= 0x17F) set |= AsciiSet.Of("s");
        if (from <= 0x212A && to >= 0x212A) set |= AsciiSet.Of("k");
        return new RegexClass(set.IgnoringCase());
    }

    /// <summary>A nested class, an escape for a set, strings, or one character.</summary>
    private static RegexClass Operand(RegexReader reader, bool ignoreCase, out int? character)
    {
        character = null;
        if (reader.Current == '[') return Parse(reader, ignoreCase);
        if (reader.TryTakeSet(ignoreCase) is { } set) return new RegexClass(set);
        if (reader.TryTake("\\q{")) return ParseStrings(reader, ignoreCase);
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

        if (reader.Current == '\\') return reader.TakeEscapedCharacter();
        var c = reader.Next();
        if (SyntaxCharacters.Contains(c)) throw reader.Error($"has a '{c}' in a class: write '\\{c}' for the character itself");
        if (c == reader.Current && DoublePunctuators.Contains(c)) throw reader.Error($"has a '{c}{c}' in a class, which is reserved: write '\\{c}\\{c}'");
        return c;
    }

    private static RegexClass ParseStrings(RegexReader reader, bool ignoreCase)
    {
        var content = None;
        do
        {
            var codePoints = ImmutableArray.CreateBuilder<int>();
            while (!reader.AtEnd && reader.Current is not ('|' or '}')) codePoints.Add(RegexReader.Fold(Character(reader), ignoreCase));
            content = content.Union(OfString(codePoints.ToImmutable(), ignoreCase));
        }
        while (reader.TryTake("|"));
        reader.Require("}");
        return content;
    }

    private static RegexClass OfString(ImmutableArray<int> codePoints, bool ignoreCase)
    {
        // What is not ASCII matches nothing.
        if (codePoints.Any(c => c > '\x7f')) return None;
        var text = string.Concat(codePoints.Select(c => (char)c));
        var set = text.Length == 1 ? AsciiSet.Of(text) : AsciiSet.None;
        return new RegexClass(ignoreCase ? set.IgnoringCase() : set)
        {
            Strings = text.Length == 1 ? [] : [ignoreCase ? text.ToLowerInvariant() : text],
            _ignoreCase = ignoreCase,
        };
    }

    private RegexClass Union(RegexClass other) => With(other, Characters | other.Characters, Strings.Union(other.Strings));

    private RegexClass Intersect(RegexClass other) => With(other, Characters & other.Characters, Strings.Intersect(other.Strings));

    private RegexClass Except(RegexClass other) => With(other, Characters & ~other.Characters, Strings.Except(other.Strings));

    private RegexClass With(RegexClass other, AsciiSet characters, ImmutableHashSet<string> strings) =>
        new(characters) { Strings = strings, _ignoreCase = _ignoreCase || other._ignoreCase };
}
