using System.Text.RegularExpressions;

namespace Siar.House.Tests.Docs;

/// <summary>The page of error sentences is held against the sentences in the code.</summary>
public sealed partial class ErrorsPageTests
{
    private const string Page = "docs/reference/errors.md";

    [Fact]
    public void The_page_has_every_sentence_of_the_code_under_its_status_and_no_other() => Differences(Repository.Read(Page)).ShouldBeEmpty();

    [Theory]
    [InlineData("`Invalid \"retry\" parameter`", "`Invalid \"retri\" parameter`", 2)]
    [InlineData("## 406", "## 407", 2)]
    public void A_sentence_that_was_changed_or_moved_is_found(string from, string to, int differences) =>
        Differences(Repository.Read(Page).Replace(from, to, StringComparison.Ordinal)).Count().ShouldBe(differences);

    [Theory]
    [InlineData("class C { Refusal M(int n) => Refusal.TooLarge($\"At most {n} are \" + \"taken.\"); }", 413, "At most … are taken.")]
    [InlineData("class C { string? M(int n) => n > 0 ? null : \"The number is none.\"; }", null, "The number is none.")]
    [InlineData("class C { Refusal M() => new Refusal(StatusCodes.Status404NotFound, \"x\", \"Not Found\"); }", 404, "Not Found")]
    [InlineData("class C { static readonly Refusal R = new(StatusCodes.Status403Forbidden, \"x\", \"Not so.\"); }", 403, "Not so.")]
    public void Sentences_are_found_in_code(string code, int? status, string text)
    {
        var found = RefusalSentences.Find("C.cs", code).ShouldHaveSingleItem();
        (found.Status, found.Text).ShouldBe((status, text));
    }

    [Theory]
    [InlineData("class C { void M() => throw new InvalidOperationException(\"A fault of our own.\"); }")]
    [InlineData("class C { string? M() { Log(\"Somebody came by.\"); return null; } }")]
    public void What_is_no_answer_is_left_out(string code) => RefusalSentences.Find("C.cs", code).ShouldBeEmpty();

    private static IEnumerable<string> Differences(string page)
    {
        var rows = Rows(page).ToList();
        var code = RefusalSentences.InCode;
        return
        [
            .. code.Where(s => !rows.Exists(r => r.Text == s.Text)).Select(s => $"{Page} has no row for '{s.Text}' ({s.Place})."),
            .. rows.Where(r => !code.Any(s => s.Text == r.Text)).Select(r => $"{Page} has a row for '{r.Text}', which no code says."),
            .. code.Where(s => s.Status is { } status && rows.Exists(r => r.Text == s.Text) && !rows.Exists(r => r.Text == s.Text && r.Statuses.Contains(status)))
                .Select(s => $"{Page} has '{s.Text}' under another status than {s.Status}."),
            .. rows.GroupBy(r => r.Text).Where(g => g.Count() > 1).Select(g => $"{Page} has '{g.Key}' twice."),
        ];
    }

    /// <summary>The first cells of the tables, each with the statuses in the heading above it. A cell that begins with <c>… </c> is the end of a sentence.</summary>
    private static IEnumerable<(string Text, int[] Statuses)> Rows(string page)
    {
        int[] statuses = [];
        foreach (var line in page.Split('\n'))
        {
            if (line.StartsWith("## ", StringComparison.Ordinal)) statuses = [.. Number().Matches(line).Select(m => int.Parse(m.Value))];
            if (Row().Match(line) is { Success: true } row) yield return (row.Groups["text"].Value, statuses);
        }
    }

    [GeneratedRegex(@"\d{3}")]
    private static partial Regex Number();

    [GeneratedRegex(@"^\| `(?:… (?=has|is))?(?<text>[^`]+)` \|", RegexOptions.ExplicitCapture)]
    private static partial Regex Row();
}
