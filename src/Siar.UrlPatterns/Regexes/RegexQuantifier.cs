using System.Globalization;

namespace Siar.UrlPatterns.Regexes;

/// <summary>The quantifiers <c>*</c>, <c>+</c>, <c>?</c> and <c>{n,m}</c>, each with an optional <c>?</c> that makes it lazy.</summary>
internal static class RegexQuantifier
{
    /// <summary>The atom, repeated when a quantifier follows.</summary>
    public static RegexNode Parse(RegexReader reader, RegexNode atom)
    {
        var (min, max) = (0, (int?)null);
        if (reader.TryTake("?")) max = 1;
        else if (reader.TryTake("+")) min = 1;
        else if (reader.TryTake("{")) (min, max) = Counts(reader);
        else if (!reader.TryTake("*")) return atom;
        return new RegexNode.Repeat(atom, min, max, Lazy: reader.TryTake("?"));
    }

    private static (int Min, int? Max) Counts(RegexReader reader)
    {
        var min = Count(reader) ?? throw reader.Error("has a '{' that opens no count: write '\\{' for the character itself");
        var max = reader.TryTake(",") ? Count(reader) : min;
        reader.Require("}");
        return max < min ? throw reader.Error("counts down in a repeat") : (min, max);
    }

    /// <summary>A count; one that is too large for a number is refused later for its size.</summary>
    private static int? Count(RegexReader reader)
    {
        var digits = reader.TakeWhile(char.IsAsciiDigit);
        if (digits.Length == 0) return null;
        return int.TryParse(digits, NumberStyles.None, CultureInfo.InvariantCulture, out var count) ? count : int.MaxValue;
    }
}
