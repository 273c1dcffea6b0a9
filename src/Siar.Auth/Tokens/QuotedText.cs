using System.Text;

namespace Siar.Auth;

/// <summary>Text from a stranger, made safe for a log line: escaped, so that it cannot forge a second line, and cut short.</summary>
internal static class QuotedText
{
    private const int MaxLength = 80;

    public static string Of(string text)
    {
        var quoted = new StringBuilder(MaxLength + 5).Append('"');
        foreach (var c in text.AsSpan(0, Math.Min(text.Length, MaxLength)))
        {
            if (c is >= ' ' and <= '~' and not '"' and not '\\') quoted.Append(c);
            else quoted.Append($"\\u{(int)c:x4}");
        }

        return quoted.Append(text.Length > MaxLength ? "\"..." : "\"").ToString();
    }
}
