using System.Globalization;

namespace Siar.UrlPatterns.Idna;

/// <summary>What a label must be, once it is mapped or decoded.</summary>
internal static class LabelRules
{
    /// <summary>The validity criteria of UTS #46, 4.1, without the hyphen and STD3 checks.</summary>
    public static bool IsValid(IReadOnlyList<int> label)
    {
        if (label.Count == 0) return true;
        if (IsMark(label[0])) return false;
        for (var i = 0; i < label.Count; i++)
        {
            if (label[i] == '.' || !UnicodeData.Instance.Valid.Contains(label[i])) return false;
            if (label[i] is 0x200C or 0x200D && !MayJoin(label, i)) return false;
        }

        return true;
    }

    /// <summary>Whether a domain holds text written from right to left in any label, so that all its labels are held to the rule for it (RFC 5893, 2).</summary>
    public static bool AnyIsRightToLeft(IEnumerable<IReadOnlyList<int>> labels) => labels.Any(l => l.Any(c => BidiClass(c) is "R" or "AL" or "AN"));

    /// <summary>Whether the label keeps the rule for domains with text written from right to left (RFC 5893, 2).</summary>
    public static bool MayStandBesideRightToLeft(IReadOnlyList<int> label)
    {
        if (label.Count == 0) return true;
        var classes = label.Select(BidiClass).ToList();
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

    /// <summary>Whether the zero-width joiner or non-joiner at this place has a meaning there (RFC 5892, appendix A.1 and A.2).</summary>
    private static bool MayJoin(IReadOnlyList<int> label, int at)
    {
        if (at > 0 && UnicodeData.Instance.Combining.Find(label[at - 1], out _) == "9") return true;
        if (label[at] == 0x200D) return false;
        var before = at - 1;
        while (before >= 0 && JoiningType(label[before]) == "T") before--;
        var after = at + 1;
        while (after < label.Count && JoiningType(label[after]) == "T") after++;
        return before >= 0 && JoiningType(label[before]) is "L" or "D" && after < label.Count && JoiningType(label[after]) is "R" or "D";
    }

    private static string? JoiningType(int codePoint) => UnicodeData.Instance.Joining.Find(codePoint, out _);

    private static bool IsMark(int codePoint) =>
        CharUnicodeInfo.GetUnicodeCategory(codePoint) is UnicodeCategory.NonSpacingMark or UnicodeCategory.SpacingCombiningMark or UnicodeCategory.EnclosingMark;

    private static string BidiClass(int codePoint) => UnicodeData.Instance.Bidi.Find(codePoint, out _) ?? "L";
}
