using System.Text.RegularExpressions;

namespace Siar.House.Tests.Docs;

public sealed partial class LinkTests
{
    [Fact]
    public void Every_link_to_a_file_leads_to_one() => Pages.All.SelectMany(p => Dead(p, Repository.Read(p))).ShouldBeEmpty();

    [Fact]
    public void A_link_that_leads_nowhere_is_found()
    {
        Dead("docs/guide/first-event.md", "[there](../../README.md) and ![here](../picture.svg)").ShouldHaveSingleItem();
        Dead("README.md", "[the standard](https://html.spec.whatwg.org/) and [below](#below)").ShouldBeEmpty();
    }

    private static IEnumerable<string> Dead(string page, string text) =>
        from Match link in Link().Matches(text)
        let target = link.Groups["target"].Value
        where !Path.Exists(Path.GetFullPath(Path.Combine(Repository.PathOf(page), "..", target)))
        select $"{page}: '{target}' is not there.";

    [GeneratedRegex(@"\]\((?!\w+:|#)(?<target>[^)#\s]+)[^)]*\)")]
    private static partial Regex Link();
}
