namespace Siar.UrlPatterns.Regexes;

/// <summary>
/// A set of ASCII characters, a bit for each. A URL's components are ASCII throughout, so what a class says of other characters can never matter.
/// </summary>
/// <param name="Low">U+0000 to U+003F.</param>
/// <param name="High">U+0040 to U+007F, where the letters are.</param>
internal readonly record struct AsciiSet(ulong Low, ulong High)
{
    public static AsciiSet None { get; }

    public static AsciiSet All { get; } = new(ulong.MaxValue, ulong.MaxValue);

    public static AsciiSet Digits { get; } = Range('0', '9');

    public static AsciiSet Letters { get; } = Range('A', 'Z') | Range('a', 'z');

    public static AsciiSet WordCharacters { get; } = Letters | Digits | Of("_");

    public static AsciiSet WhiteSpace { get; } = Of("\t\n\v\f\r ");

    public static AsciiSet Of(string characters)
    {
        var set = default(AsciiSet);
        foreach (var c in characters) set |= Range(c, c);
        return set;
    }

    /// <summary>The ASCII characters from one code point to another, both inclusive.</summary>
    public static AsciiSet Range(int first, int last)
    {
        var (low, high) = (0UL, 0UL);
        for (var c = first; c <= Math.Min(last, '\x7f'); c++)
        {
            // A shift counts modulo 64.
            if (c < 64) low |= 1UL << c;
            else high |= 1UL << c;
        }

        return new AsciiSet(low, high);
    }

    public bool Contains(char c) => c <= '\x7f' && ((c < 64 ? Low : High) >> c & 1) != 0;

    /// <summary>The set with both cases of every letter that it holds in one.</summary>
    public AsciiSet IgnoringCase()
    {
        var letters = High & Letters.High;
        // Upper and lower case are 32 apart.
        return this with { High = High | ((letters << 32 | letters >> 32) & Letters.High) };
    }

    public static AsciiSet operator |(AsciiSet left, AsciiSet right) => new(left.Low | right.Low, left.High | right.High);

    public static AsciiSet operator &(AsciiSet left, AsciiSet right) => new(left.Low & right.Low, left.High & right.High);

    public static AsciiSet operator ~(AsciiSet set) => new(~set.Low, ~set.High);
}
