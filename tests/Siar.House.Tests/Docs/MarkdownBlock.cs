using System.Text.RegularExpressions;

namespace Siar.House.Tests.Docs;

/// <summary>A fenced block of a Markdown page.</summary>
/// <param name="Page">The page's path from the root.</param>
/// <param name="Line">The number of its opening fence's line.</param>
/// <param name="Language">The word behind the opening fence; empty where there is none.</param>
/// <param name="Text">What stands between the fences.</param>
/// <param name="Excuse">The reason why no test runs it, from a comment <c>&lt;!-- not run: … --&gt;</c> on the line above; null where there is none.</param>
internal sealed partial record MarkdownBlock(string Page, int Line, string Language, string Text, string? Excuse)
{
    public string Place => $"{Page}, line {Line}";

    public static IReadOnlyList<MarkdownBlock> Of(string page, string text)
    {
        var blocks = new List<MarkdownBlock>();
        var lines = text.Split('\n');
        for (var i = 0; i < lines.Length; i++)
        {
            if (Fence().Match(lines[i]) is not { Success: true } open) continue;
            var end = Array.FindIndex(lines, i + 1, l => string.Equals(l.Trim(), "```", StringComparison.Ordinal));
            if (end < 0) throw new FormatException($"{page}: the block that line {i + 1} opens is never closed.");
            var excuse = i > 0 && NotRun().Match(lines[i - 1]) is { Success: true } comment ? comment.Groups["reason"].Value : null;
            blocks.Add(new(page, i + 1, open.Groups["language"].Value, string.Join('\n', lines[(i + 1)..end]), excuse));
            i = end;
        }

        return blocks;
    }

    public override string ToString() => Place;

    [GeneratedRegex(@"^\s*```(?<language>[\w-]*)\s*$")]
    private static partial Regex Fence();

    [GeneratedRegex(@"^\s*<!-- not run: (?<reason>.*) -->\s*$")]
    private static partial Regex NotRun();
}
