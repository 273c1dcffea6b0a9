namespace Siar.House.Tests.Docs;

/// <summary>Decisions are numbered without holes, and each says its number: two that landed on one day had the same.</summary>
public sealed class DecisionTests
{
    [Fact]
    public void Every_decision_has_a_number_of_its_own() =>
        Wrong([.. Repository.Files.Where(f => f.StartsWith("docs/decisions/", StringComparison.Ordinal)).Select(f => (Path.GetFileName(f), Repository.Read(f)))]).ShouldBeEmpty();

    [Fact]
    public void Two_with_one_number_and_one_that_says_another_are_found()
    {
        Wrong([("0001-a.md", "# 1. A\n"), ("0001-b.md", "# 1. B\n")]).ShouldHaveSingleItem();
        Wrong([("0001-a.md", "# 1. A\n"), ("0002-b.md", "# 3. B\n")]).ShouldHaveSingleItem();
        Wrong([("0001-a.md", "# 1. A\n"), ("0002-b.md", "# 2. B\n")]).ShouldBeEmpty();
    }

    private static IEnumerable<string> Wrong(IReadOnlyList<(string Name, string Text)> decisions) =>
        from decision in decisions.OrderBy(d => d.Name, StringComparer.Ordinal).Select((d, i) => (d.Name, d.Text, Number: i + 1))
        where !decision.Name.StartsWith($"{decision.Number:0000}-", StringComparison.Ordinal) || !decision.Text.StartsWith($"# {decision.Number}. ", StringComparison.Ordinal)
        select $"docs/decisions/{decision.Name} should be number {decision.Number}, in its name and in its heading.";
}
