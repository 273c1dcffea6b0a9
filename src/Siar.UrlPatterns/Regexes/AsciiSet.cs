namespace Siar.UrlPatterns.Regexes;

/// <summary>
/// A set of ASCII characters. A URL's components are ASCII throughout, so what a class says of other characters can never matter.
/// </summary>
internal readonly record struct AsciiSet(UInt128 Bits)
{
    public static AsciiSet None { get; }

    public static AsciiSet All { get; } = new(UInt128.MaxValue);

    public static AsciiSet Digits { get; } = Range('0', '9');

    public static AsciiSet Letters { get; } = Range('A', 'Z') | Range('a', 'z');

    public static AsciiSet WordCharacters { get; } = Letters | Digits | Of("_");

    public static AsciiSet WhiteSpace { get; } = Of("\t\n\v\f\r ");

    public static AsciiSet Of(string characters)
    {
        var bits = UInt128.Zero;
        foreach (var c in characters) bits |= UInt128.One << c;
        return new AsciiSet(bits);
    }

    /// <summary>The ASCII characters from one code point to another, both inclusive.</summary>
    public static AsciiSet Range(int first, int last)
    {
        var bits = UInt128.Zero;
        for (var c = first; c <= Math.Min(last, '\x7f'); c++) bits |= UInt128.One << c;
        return new AsciiSet(bits);
    }

    public bool Contains(char c) => c <= '\x7f' && (Bits >> c & UInt128.One) != UInt128.Zero;

    /// <summary>The set with both cases of every letter that it holds in one.</summary>
    public AsciiSet IgnoringCase()
    {
        var letters = Bits & Letters.Bits;
        // Upper and lower case are 32 apart.
        return new AsciiSet(Bits | ((letters << 32 | letters >> 32) & Letters.Bits));
    }

    public static AsciiSet operator |(AsciiSet left, AsciiSet right) => new(left.Bits | right.Bits);

    public static AsciiSet operator &(AsciiSet left, AsciiSet right) => new(left.Bits & right.Bits);

    public static AsciiSet operator ~(AsciiSet set) => new(~set.Bits);
}
