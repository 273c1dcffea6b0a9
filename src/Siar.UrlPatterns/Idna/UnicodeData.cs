using System.Globalization;

namespace Siar.UrlPatterns.Idna;

/// <summary>
/// What IDNA needs of the Unicode database, version 15.0; read when a host first needs it. The platform's own data is out of reach: the process runs
/// without ICU (invariant globalization), where the platform neither normalises text nor maps domain names.
/// </summary>
internal sealed class UnicodeData
{
    private static readonly Lazy<UnicodeData> Loaded = new(() => new UnicodeData());

    private UnicodeData()
    {
        var sections = Sections();
        Valid = new CodePointTable(sections["[valid]"]);
        Ignored = new CodePointTable(sections["[ignored]"]);
        Mapped = new CodePointTable(sections["[mapped]"]);
        Combining = new CodePointTable(sections["[combining]"]);
        Bidi = new CodePointTable(sections["[bidi]"]);
        Joining = new CodePointTable(sections["[joining]"]);
        foreach (var line in sections["[compositions]"])
        {
            if (line.Split(' ') is not [var whole, var first, var second]) continue;
            var pair = (CodePointTable.Hex(first), CodePointTable.Hex(second));
            Decompositions.Add(CodePointTable.Hex(whole), pair);
            Compositions.Add(pair, CodePointTable.Hex(whole));
        }
    }

    public static UnicodeData Instance => Loaded.Value;

    /// <summary>The code points that a label may hold.</summary>
    public CodePointTable Valid { get; }

    /// <summary>Those that are left out.</summary>
    public CodePointTable Ignored { get; }

    /// <summary>Those that are replaced, by the code points in the value, in hexadecimal; a single one moves along with the range.</summary>
    public CodePointTable Mapped { get; }

    /// <summary>The canonical combining classes that are not 0.</summary>
    public CodePointTable Combining { get; }

    /// <summary>The bidirectional classes that are not L.</summary>
    public CodePointTable Bidi { get; }

    /// <summary>The joining types that are not U.</summary>
    public CodePointTable Joining { get; }

    /// <summary>The code points that NFC composes, with what they are composed of.</summary>
    public Dictionary<int, (int First, int Second)> Decompositions { get; } = [];

    public Dictionary<(int First, int Second), int> Compositions { get; } = [];

    private static Dictionary<string, List<string>> Sections()
    {
        using var stream = typeof(UnicodeData).Assembly.GetManifestResourceStream("idna.txt")!;
        using var reader = new StreamReader(stream);
        var sections = new Dictionary<string, List<string>>();
        List<string> section = [];
        while (reader.ReadLine() is { } line)
        {
            if (line.StartsWith('[')) sections.Add(line, section = []);
            else section.Add(line);
        }

        return sections;
    }
}

/// <summary>What the Unicode database says of some code points, as ranges that may take every other one (<c>idna.txt</c>).</summary>
internal sealed class CodePointTable
{
    private readonly int[] _first;
    private readonly int[] _last;
    private readonly int[] _step;
    private readonly string[] _value;

    /// <summary>Reads lines of <c>first[-last][/step] [value]</c> in hexadecimal, in ascending order.</summary>
    public CodePointTable(IReadOnlyList<string> lines)
    {
        _first = new int[lines.Count];
        _last = new int[lines.Count];
        _step = new int[lines.Count];
        _value = new string[lines.Count];
        for (var i = 0; i < lines.Count; i++)
        {
            var space = lines[i].IndexOf(' ');
            var range = (space < 0 ? lines[i] : lines[i][..space]).Split('-', '/');
            _value[i] = space < 0 ? "" : lines[i][(space + 1)..];
            _first[i] = Hex(range[0]);
            _last[i] = range.Length > 1 ? Hex(range[1]) : _first[i];
            _step[i] = range.Length > 2 ? Hex(range[2]) : 1;
        }
    }

    public bool Contains(int codePoint) => Find(codePoint, out _) is not null;

    /// <summary>The value of the range that the code point lies in, and how far from its start; null when it lies in none.</summary>
    public string? Find(int codePoint, out int offset)
    {
        var index = Array.BinarySearch(_first, codePoint);
        if (index < 0) index = ~index - 1;
        offset = index < 0 ? 0 : codePoint - _first[index];
        return index >= 0 && codePoint <= _last[index] && offset % _step[index] == 0 ? _value[index] : null;
    }

    public static int Hex(string digits) => int.Parse(digits, NumberStyles.HexNumber, CultureInfo.InvariantCulture);
}
