using FsCheck.Fluent;
using Siar.TestKit;

namespace Siar.Topics.Tests;

/// <summary>What is left of one set within another: the topics that both mean, by themselves and in an index.</summary>
public class WithinTests
{
    private const string Base = "https://hub.example/.well-known/mercure";

    private static readonly Topic[] Topics =
        [.. new[] { "news/1", "news/2", "users/ann", "users/ann/cart", "news", "https://example.com/a", "x y", "urn:a", "{x}", "/.well-known/news/9" }.Select(Topic.Parse)];

    private static readonly Matcher[] Matchers =
    [
        Matcher.All, .. Topics.Select(Matcher.Exact), Matcher.Exact(default),
        .. new[] { "news/{id}", "{+any}", "users/{name}", "{x}", "users/ann{/rest}" }.Select(Template),
        .. new[] { "news/*", "*/ann", "https://example.com/*", "users/:name" }.Select(Pattern),
    ];

    [Fact]
    public void It_means_the_topics_that_both_mean()
    {
        var sets = from matchers in Generated.ListOf(Gen.Elements(Matchers), 4) select MatcherSet.Of(matchers);
        Generated.Check(from asked in sets from allowed in sets select (asked, allowed), pair =>
        {
            var (asked, allowed) = pair;
            var both = asked.Within(allowed);
            var index = new TopicIndex<object>();
            var reader = new object();
            index.Add(both, reader);
            var found = new List<object>();
            foreach (var topic in Topics)
            {
                var isMeant = asked.Matches(topic) && allowed.Matches(topic);
                var why = $"{topic}: {string.Join(' ', asked.Matchers)} within {string.Join(' ', allowed.Matchers)}";
                both.Matches(topic).ShouldBe(isMeant, why);
                found.Clear();
                index.Match([topic], found);
                found.Count.ShouldBe(isMeant ? 1 : 0, why);
                asked.Or(allowed).Matches(topic).ShouldBe(asked.Matches(topic) || allowed.Matches(topic), why);
            }

            both.ShouldBe(asked.Within(MatcherSet.Of(allowed.Matchers)));
        }, 3_000);
    }

    [Fact]
    public void What_is_allowed_anyway_is_not_copied()
    {
        var asked = MatcherSet.Of(Pattern("news/*"), Matcher.Exact(Topic.Parse("users/ann")));
        var allowed = MatcherSet.Of(Pattern("news/*"), Template("users/{name}"));

        asked.Within(allowed).ShouldBeSameAs(asked);
        asked.Within(MatcherSet.All).ShouldBeSameAs(asked);
        MatcherSet.All.Within(allowed).ShouldBeSameAs(allowed);
    }

    [Fact]
    public void Only_exact_topics_vanish()
    {
        var allowed = MatcherSet.Of(Pattern("news/*"));

        MatcherSet.OfTopics(Topic.Parse("users/ann")).Within(allowed).Matchers.ShouldBeEmpty();
        MatcherSet.Of(Template("users/{name}")).Within(allowed).Matchers.Length.ShouldBe(1);
        MatcherSet.All.Within(MatcherSet.None).Matchers.ShouldBeEmpty();
    }

    [Fact]
    public void A_pattern_within_a_set_is_not_the_pattern()
    {
        var pattern = Template("{+any}");
        var within = MatcherSet.Of(pattern).Within(MatcherSet.Of(Pattern("news/*"))).Matchers[0];

        within.Equals(pattern).ShouldBeFalse();
        pattern.Equals(within).ShouldBeFalse();
        within.ShouldBe(MatcherSet.Of(Template("{+any}")).Within(MatcherSet.Of(Pattern("news/*"))).Matchers[0]);
        within.ShouldNotBe(MatcherSet.Of(pattern).Within(MatcherSet.Of(Pattern("users/*"))).Matchers[0]);
    }

    [Fact]
    public void Every_topic_within_many_patterns_is_one_pattern()
    {
        var many = MatcherSet.Of(Enumerable.Range(0, 200).Select(i => Template($"{i}/{{x}}")));
        var both = MatcherSet.All.Within(many);

        both.DistinctPatternCount.ShouldBe(1);
        both.IsAll.ShouldBeFalse();
        both.Matches(Topic.Parse("7/a")).ShouldBeTrue();
        both.Matches(Topic.Parse("200/a")).ShouldBeFalse();
    }

    private static Matcher Template(string text) => Matcher.TryCreateUriTemplate(text, out var matcher, out var error) ? matcher : throw new FormatException(error);

    private static Matcher Pattern(string text) => Matcher.TryCreateUrlPattern(text, Base, out var matcher, out var error) ? matcher : throw new FormatException(error);
}
