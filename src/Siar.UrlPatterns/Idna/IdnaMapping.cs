using System.Globalization;

namespace Siar.UrlPatterns.Idna;

/// <summary>
/// What IDNA does to text before it looks at the labels: the mapping of UTS #46, then Unicode's normalisation form C (UAX #15). Of what is normalised here,
/// characters that have another canonical form of one character are gone by then.
/// </summary>
internal static class IdnaMapping
{
    private const int SBase = 0xAC00, LBase = 0x1100, VBase = 0x1161, TBase = 0x11A7, LCount = 19, VCount = 21, TCount = 28;

    /// <summary>The domain with every character replaced as IDNA says, in normalisation form C; what is not allowed stays, for the rules to find.</summary>
    public static List<int> Map(string domain)
    {
        var output = new List<int>();
        foreach (var rune in domain.EnumerateRunes())
        {
            if (UnicodeData.Instance.Ignored.Contains(rune.Value)) continue;
            var mapping = UnicodeData.Instance.Mapped.Find(rune.Value, out var offset)?.Split(' ');
            if (mapping is null) output.Add(rune.Value);
            else if (mapping.Length == 1) output.Add(CodePointTable.Hex(mapping[0]) + offset);
            else output.AddRange(mapping.Select(CodePointTable.Hex));
        }

        return Normalize(output);
    }

    /// <summary>The text in normalisation form C.</summary>
    public static List<int> Normalize(IEnumerable<int> text)
    {
        var decomposed = new List<int>();
        foreach (var codePoint in text) Decompose(codePoint, decomposed);
        Reorder(decomposed);
        return Compose(decomposed);
    }

    private static void Decompose(int codePoint, List<int> output)
    {
        if (codePoint - SBase is >= 0 and < LCount * VCount * TCount)
        {
            var s = codePoint - SBase;
            output.Add(LBase + (s / (VCount * TCount)));
            output.Add(VBase + (s / TCount % VCount));
            if (s % TCount > 0) output.Add(TBase + (s % TCount));
        }
        else if (UnicodeData.Instance.Decompositions.TryGetValue(codePoint, out var pair))
        {
            Decompose(pair.First, output);
            output.Add(pair.Second);
        }
        else
        {
            output.Add(codePoint);
        }
    }

    /// <summary>Sorts each run of combining marks by class; equal classes keep their order.</summary>
    private static void Reorder(List<int> text)
    {
        for (var start = 0; start < text.Count; start++)
        {
            var end = start;
            while (end < text.Count && CombiningClass(text[end]) != 0) end++;
            if (end - start < 2) continue;
            var sorted = text.GetRange(start, end - start).OrderBy(CombiningClass).ToList();
            for (var i = 0; i < sorted.Count; i++) text[start + i] = sorted[i];
            start = end;
        }
    }

    private static List<int> Compose(List<int> text)
    {
        var output = new List<int>(text.Count);
        var starter = -1;
        var lastClass = 0;
        foreach (var codePoint in text)
        {
            var combining = CombiningClass(codePoint);
            // A mark is blocked from the starter by one of its own class or, when it is a starter itself, by any mark between.
            var blocked = output.Count - 1 > starter && (lastClass == 0 || lastClass >= combining);
            if (starter >= 0 && !blocked && Composite(output[starter], codePoint) is { } whole)
            {
                output[starter] = whole;
                continue;
            }

            if (combining == 0) starter = output.Count;
            lastClass = combining;
            output.Add(codePoint);
        }

        return output;
    }

    private static int? Composite(int first, int second)
    {
        if (first - LBase is >= 0 and < LCount && second - VBase is >= 0 and < VCount)
        {
            return SBase + ((((first - LBase) * VCount) + second - VBase) * TCount);
        }

        if (first - SBase is >= 0 and < LCount * VCount * TCount && (first - SBase) % TCount == 0 && second - TBase is > 0 and < TCount)
        {
            return first + second - TBase;
        }

        return UnicodeData.Instance.Compositions.TryGetValue((first, second), out var whole) ? whole : null;
    }

    private static int CombiningClass(int codePoint) =>
        UnicodeData.Instance.Combining.Find(codePoint, out _) is { } value ? int.Parse(value, NumberStyles.None, CultureInfo.InvariantCulture) : 0;
}
