namespace Siar.UrlPatterns.Urls;

/// <summary>Which code points are percent-encoded (URL standard, 1.3): the C0 controls, everything above U+007E, and some of the rest of ASCII.</summary>
internal readonly struct PercentEncodeSet
{
    private readonly UInt128 _plain;

    private PercentEncodeSet(UInt128 plain) => _plain = plain;

    public static PercentEncodeSet C0Control { get; } = new(Range(' ', '~'));

    public static PercentEncodeSet Fragment { get; } = C0Control.With(" \"<>`");

    public static PercentEncodeSet Query { get; } = C0Control.With(" \"#<>");

    public static PercentEncodeSet SpecialQuery { get; } = Query.With("'");

    public static PercentEncodeSet Path { get; } = Query.With("?^`{}");

    public static PercentEncodeSet UserInfo { get; } = Path.With("/:;=@[\\]|");

    public bool Contains(char c) => c > '~' || (_plain >> c & UInt128.One) == UInt128.Zero;

    public bool ContainsAnyOf(ReadOnlySpan<char> text)
    {
        foreach (var c in text)
        {
            if (Contains(c)) return true;
        }

        return false;
    }

    private PercentEncodeSet With(string characters)
    {
        var plain = _plain;
        foreach (var c in characters) plain &= ~(UInt128.One << c);
        return new PercentEncodeSet(plain);
    }

    private static UInt128 Range(char first, char last)
    {
        var set = UInt128.Zero;
        for (var c = first; c <= last; c++) set |= UInt128.One << c;
        return set;
    }
}
