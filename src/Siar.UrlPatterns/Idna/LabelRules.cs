using System.Globalization;

namespace Siar.UrlPatterns.Idna;

/// <summary>What a label must be, once it is mapped or decoded (UTS #46, 4.1 validity criteria, without hyphen and STD3 checks).</summary>
internal static class LabelRules
{
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
}
