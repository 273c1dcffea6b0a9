using System.Globalization;
using Siar.Hub;

namespace Siar.House.Tests.Docs;

/// <summary>The page that lists the limits is held against the limits.</summary>
public sealed class LimitsPageTests
{
    private const string Page = "docs/reference/limits.md";

    [Fact]
    public void The_page_lists_every_limit_with_its_default() => Unlisted(Repository.Read(Page)).ShouldBeEmpty();

    [Fact]
    public void A_limit_that_is_not_on_the_page_or_has_another_default_is_found()
    {
        var page = Repository.Read(Page);
        Unlisted(page.Replace("| `IdBytes` |", "| `IdBites` |", StringComparison.Ordinal)).ShouldHaveSingleItem();
        Unlisted(page.Replace("| 512 |", "| 513 |", StringComparison.Ordinal)).ShouldHaveSingleItem();
    }

    private static IEnumerable<string> Unlisted(string page) =>
        from property in typeof(LimitOptions).GetProperties()
        let value = property.GetValue(new LimitOptions())
        let text = value is TimeSpan duration ? $"{duration.TotalSeconds} s" : Convert.ToInt64(value, CultureInfo.InvariantCulture).ToString("N0", CultureInfo.InvariantCulture)
        let row = $"| `{property.Name}` | {text} |"
        where !page.Contains(row, StringComparison.Ordinal)
        select $"{Page} has no row that begins with '{row}'.";
}
