using System.Diagnostics;

namespace Siar.Topics.Tests;

public class MatcherSetTests
{
    [Theory]
    [InlineData(1)]
    [InlineData(4)]
    [InlineData(5)]
    [InlineData(1_000)]
    public void A_set_means_each_of_its_topics_and_no_other(int count)
    {
        var set = MatcherSet.OfTopics(Enumerable.Range(0, count).Select(i => Topic.Parse($"/{i}")));

        for (var i = 0; i < count; i++) set.Matches(Topic.Parse($"/{i}")).ShouldBeTrue();
        set.Matches(Topic.Parse($"/{count}")).ShouldBeFalse();
        set.Matches(default).ShouldBeFalse();
    }

    [Theory]
    [InlineData("/a/b/c", true)]
    [InlineData("/a/b/", true)]
    [InlineData("/a/b", false)]
    [InlineData("/a/c/{x}", false)]
    [InlineData("/a/{x}", true)]
    [InlineData("{x}", true)]
    [InlineData("/a/b/c/{x}", true)]
    [InlineData("/a/b{x", false)]
    [InlineData("*", true)]
    public void Whether_a_set_may_mean_a_topic_that_begins_so_is_never_no_where_it_does(string selector, bool may)
    {
        MatcherSet.Of(Matcher.Exact(Topic.Parse("elsewhere")), Matcher.FromSelector(selector)).MayMeanBelow("/a/b/").ShouldBe(may);
        MatcherSet.None.MayMeanBelow("/a/b/").ShouldBeFalse();
    }

    [Fact]
    public void A_set_means_what_any_of_its_matchers_means()
    {
        var set = MatcherSet.Of([Template("/a/{x}"), .. Enumerable.Range(0, 10).Select(i => Matcher.Exact(Topic.Parse($"/{i}"))), Template("/b/{x}")]);

        set.Matches(Topic.Parse("/a/1")).ShouldBeTrue();
        set.Matches(Topic.Parse("/b/1")).ShouldBeTrue();
        set.Matches(Topic.Parse("/7")).ShouldBeTrue();
        set.Matches(Topic.Parse("/c/1")).ShouldBeFalse();
        set.MatchesAny([Topic.Parse("/c/1"), Topic.Parse("/9")]).ShouldBeTrue();
        set.IsAll.ShouldBeFalse();
        MatcherSet.Of([.. set.Matchers, Matcher.All]).Matches(Topic.Parse("/c/1")).ShouldBeTrue();
    }

    [Fact]
    public void Patterns_are_counted_without_repeats_exact_topics_and_the_star()
    {
        var set = MatcherSet.Of(Matcher.All, Template("/{x}"), Template("/{x}"), Template("/{y}"), Matcher.Exact(Topic.Parse("/{x}")));

        set.DistinctPatternCount.ShouldBe(2);
        set.Matchers.Length.ShouldBe(4);
    }

    [Fact]
    public void Sets_are_equal_when_they_hold_the_same_matchers_in_any_order()
    {
        var one = MatcherSet.Of(Template("/{x}"), Matcher.Exact(Topic.Parse("a")));

        one.ShouldBe(MatcherSet.Of(Matcher.Exact(Topic.Parse("a")), Template("/{x}")));
        one.GetHashCode().ShouldBe(MatcherSet.Of(Matcher.Exact(Topic.Parse("a")), Template("/{x}")).GetHashCode());
        one.ShouldNotBe(MatcherSet.Of(Matcher.Exact(Topic.Parse("/{x}")), Matcher.Exact(Topic.Parse("a"))));
    }

    private static Matcher Template(string text) =>
        Matcher.TryCreateUriTemplate(text, out var matcher, out var error) ? matcher : throw new UnreachableException(error);
}
