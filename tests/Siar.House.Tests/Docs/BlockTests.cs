namespace Siar.House.Tests.Docs;

public sealed class BlockTests
{
    /// <summary>How many blocks may be excused from being run: each is a place where the page can drift from the code.</summary>
    private const int MostExcuses = 4;

    /// <summary>What a block may be: <c>csharp</c> is compiled, <c>bash</c> is run, <c>js</c> and <c>html</c> run in the browser suite, <c>sql</c> runs in a database in the suite of Siar.Storage.Postgres, the rest shows output or data.</summary>
    private static readonly string[] Languages = ["csharp", "bash", "js", "html", "sql", "json", "text"];

    [Fact]
    public void Every_block_says_what_it_is() => Unnamed(Pages.Blocks).ShouldBeEmpty();

    [Fact]
    public void Few_blocks_are_excused_from_being_run_and_each_says_why()
    {
        Pages.Blocks.Count(b => b.Excuse is not null).ShouldBeLessThanOrEqualTo(MostExcuses);
        Unexplained(Pages.Blocks).ShouldBeEmpty();
    }

    [Fact]
    public void A_block_of_an_unknown_kind_is_found() => Unnamed(MarkdownBlock.Of("a.md", "```\nsiar serve\n```\n```sh\nls\n```\n")).Count().ShouldBe(2);

    [Fact]
    public void An_excuse_without_a_reason_is_found() =>
        Unexplained(MarkdownBlock.Of("a.md", "<!-- not run: no -->\n```bash\nrm -r x\n```\n")).ShouldHaveSingleItem();

    [Fact]
    public void A_block_that_is_never_closed_is_found() => Should.Throw<FormatException>(() => MarkdownBlock.Of("a.md", "```bash\nls\n"));

    private static IEnumerable<string> Unnamed(IEnumerable<MarkdownBlock> blocks) =>
        blocks.Where(b => !Languages.Contains(b.Language, StringComparer.Ordinal)).Select(b => $"{b.Place}: '{b.Language}' is none of {string.Join(", ", Languages)}.");

    private static IEnumerable<string> Unexplained(IEnumerable<MarkdownBlock> blocks) =>
        blocks.Where(b => b.Excuse is { } excuse && excuse.Split(' ', StringSplitOptions.RemoveEmptyEntries).Length < 4).Select(b => $"{b.Place}: say why no test can run it.");
}
