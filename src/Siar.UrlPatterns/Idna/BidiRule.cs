namespace Siar.UrlPatterns.Idna;

/// <summary>The rule for domain names that hold text written from right to left (RFC 5893, 2).</summary>
internal static class BidiRule
{
    /// <summary>Whether the name holds such text in any label.</summary>
    public static bool Applies(IEnumerable<IReadOnlyList<int>> labels) => labels.Any(l => l.Any(c => Class(c) is "R" or "AL" or "AN"));

    public static bool IsMet(IReadOnlyList<int> label)
    {
        if (label.Count == 0) return true;
        var classes = label.Select(Class).ToList();
        var last = classes.FindLast(c => c != "NSM");
        // Rules 1, 2, 3 and 4.
        if (classes[0] is "R" or "AL")
        {
            return classes.TrueForAll(c => c is "R" or "AL" or "AN" or "EN" or "ES" or "CS" or "ET" or "ON" or "BN" or "NSM")
                && last is "R" or "AL" or "EN" or "AN"
                && !(classes.Contains("EN") && classes.Contains("AN"));
        }

        // Rules 1, 5 and 6.
        return classes[0] == "L"
            && classes.TrueForAll(c => c is "L" or "EN" or "ES" or "CS" or "ET" or "ON" or "BN" or "NSM")
            && last is "L" or "EN";
    }

    private static string Class(int codePoint) => UnicodeData.Instance.Bidi.Find(codePoint, out _) ?? "L";
}
