using Siar.House.Tests.Docs.Commands;

namespace Siar.House.Tests.Docs;

public sealed class CommandTests
{
    public static TheoryData<string> PagesWithCommands => [.. Pages.Tested("bash").Select(b => b.Page).Distinct(StringComparer.Ordinal)];

    [Theory]
    [MemberData(nameof(PagesWithCommands))]
    public async Task Every_command_of_the_page_does_what_it_says(string page) =>
        (await Failures(Pages.Tested("bash").Where(b => string.Equals(b.Page, page, StringComparison.Ordinal)))).ShouldBeEmpty();

    [Theory]
    [InlineData("curl http://localhost:7427/no/such/page")]
    [InlineData("curl -N http://localhost:7427/no/such/stream")]
    [InlineData("siar serve --no-such-option")]
    [InlineData("siar publish --no-such-option prices 1")]
    [InlineData("while sleep 1; do date; done | siar publish --hub http://127.0.0.1:1 clock")]
    [InlineData("no-such-command")]
    public async Task A_command_that_does_not_is_found(string command) =>
        (await Failures(MarkdownBlock.Of("a.md", $"```bash\n{command}\n```\n"))).ShouldHaveSingleItem();

    [Fact]
    public void Commands_are_told_apart() =>
        MarkdownBlock.Of("a.md", """
            ```bash
            # a remark
            ./test Hub
            siar serve --dev    # a remark
            curl -d 1 \
                http://localhost:7427/events/prices/eur
            curl -N 'http://localhost:7427/events?topic=prices&topic=news'
            while sleep 1; do date; done | siar publish clock
            siar subscribe clock
            ls
            ```
            """).SelectMany(PageCommand.Of).Select(c => (c.Kind, string.Join(' ', c.Topics))).ShouldBe(
            [
                (CommandKind.Tests, ""),
                (CommandKind.Serves, ""),
                (CommandKind.Publishes, "prices/eur"),
                (CommandKind.Reads, "prices news"),
                (CommandKind.PublishesOn, "clock"),
                (CommandKind.Reads, "clock"),
                (CommandKind.Once, ""),
            ]);

    private static async Task<List<string>> Failures(IEnumerable<MarkdownBlock> blocks)
    {
        List<string> failures = [];
        await using var runner = await CommandRunner.Start();
        foreach (var command in blocks.SelectMany(PageCommand.Of))
        {
            if (await runner.Try(command) is { } failure) failures.Add(failure);
        }

        return failures;
    }
}
