using System.Globalization;

namespace Siar.UrlPatterns.Idna;

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
