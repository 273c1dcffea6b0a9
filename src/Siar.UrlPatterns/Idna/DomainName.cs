using System.Text;

namespace Siar.UrlPatterns.Idna;

/// <summary>Domain to ASCII (URL standard, 3.3): Unicode ToASCII of UTS #46, not transitional, without the hyphen, STD3 and length checks.</summary>
internal static class DomainName
{
    private const string Prefix = "xn--";

    /// <summary>The domain in lower case with every label in ASCII, or null when IDNA does not allow it.</summary>
    public static string? ToAscii(string domain)
    {
        if (Ascii.IsValid(domain))
        {
            var lower = domain.ToLowerInvariant();
            if (!lower.Contains(Prefix, StringComparison.Ordinal) || !lower.Split('.').Any(l => l.StartsWith(Prefix, StringComparison.Ordinal))) return lower;
        }

        var labels = Labels(Map(domain));
        if (labels is null || !labels.TrueForAll(LabelRules.IsValid)) return null;
        if (labels.Exists(l => l.Count > Punycode.MaxCodePoints && NeedsPunycode(l))) return null;
        if (BidiRule.Applies(labels) && !labels.TrueForAll(BidiRule.IsMet)) return null;
        return string.Join('.', labels.Select(Encode));
    }

    /// <summary>The domain with every character replaced as IDNA says, in normalisation form C; what is not allowed stays, for the rules to find.</summary>
    private static List<int> Map(string domain)
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

        return Nfc.Normalize(output);
    }

    /// <summary>The labels, those in Punycode decoded; null when one is not Punycode, or is it without need.</summary>
    private static List<List<int>>? Labels(List<int> domain)
    {
        var labels = new List<List<int>>();
        for (var start = 0; start <= domain.Count;)
        {
            var dot = domain.IndexOf('.', start);
            var end = dot < 0 ? domain.Count : dot;
            var label = domain.GetRange(start, end - start);
            if (StartsWithPrefix(label))
            {
                label = Decode(label);
                if (label is null) return null;
            }

            labels.Add(label);
            start = end + 1;
        }

        return labels;
    }

    private static List<int>? Decode(List<int> label)
    {
        if (NeedsPunycode(label)) return null;
        var decoded = Punycode.Decode(string.Concat(label.Skip(Prefix.Length).Select(c => (char)c)));
        if (decoded is null || !NeedsPunycode(decoded) || StartsWithPrefix(decoded)) return null;
        return Nfc.Normalize(decoded).SequenceEqual(decoded) ? decoded : null;
    }

    private static string Encode(List<int> label) =>
        NeedsPunycode(label) ? Prefix + Punycode.Encode(label) : string.Concat(label.Select(c => (char)c));

    private static bool NeedsPunycode(List<int> label) => label.Exists(c => c > '\x7f');

    private static bool StartsWithPrefix(List<int> label) => label.Count >= Prefix.Length && label[0] == 'x' && label[1] == 'n' && label[2] == '-' && label[3] == '-';
}
