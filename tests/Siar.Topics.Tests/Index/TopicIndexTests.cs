using System.Collections.Immutable;
using Siar.TestKit;

namespace Siar.Topics.Tests.Index;

public class TopicIndexTests
{
    private readonly TopicIndex<string> _index = new();

    [Fact]
    public void An_exact_matcher_finds_its_value_and_no_other()
    {
        _index.Add(Topics("a"), "first");
        _index.Add(Topics("b"), "second");

        Match("a").ShouldBe(["first"]);
        Match("A").ShouldBeEmpty();
    }

    [Fact]
    public void The_star_finds_its_value_whatever_the_topic()
    {
        _index.Add(MatcherSet.All, "everything");

        Match("anything at all").ShouldBe(["everything"]);
    }

    [Fact]
    public void A_value_that_several_matchers_and_topics_hit_is_found_once()
    {
        _index.Add(MatcherSet.Of(Matcher.All, Exact("a"), Exact("b")), "both");
        _index.Add(Topics("a", "b"), "second");
        _index.Add(MatcherSet.All, "third");

        Match("a", "b", "a").ShouldBe(["both", "second", "third"], ignoreOrder: true);
    }

    [Fact]
    public void A_value_is_gone_when_its_set_is_removed()
    {
        _index.Add(Topics("a", "b"), "gone");
        _index.Add(Topics("a"), "kept");

        _index.Remove(Topics("b", "a"), "gone").ShouldBeTrue();

        Match("a", "b").ShouldBe(["kept"]);
        _index.Count.ShouldBe(1);
    }

    [Fact]
    public void Removing_what_was_not_added_changes_nothing()
    {
        _index.Add(Topics("a"), "value");

        _index.Remove(Topics("a", "b"), "value").ShouldBeFalse();
        _index.Remove(Topics("a"), "other").ShouldBeFalse();
        _index.Remove(MatcherSet.None, "value").ShouldBeFalse();

        Match("a").ShouldBe(["value"]);
        _index.Count.ShouldBe(1);
    }

    [Fact]
    public void A_value_added_twice_must_be_removed_twice()
    {
        _index.Add(Topics("a"), "value");
        _index.Add(Topics("a", "b"), "value");

        _index.Remove(Topics("a", "b"), "value").ShouldBeTrue();
        Match("a").ShouldBe(["value"]);
        Match("b").ShouldBeEmpty();

        _index.Remove(Topics("a"), "value").ShouldBeTrue();
        Match("a").ShouldBeEmpty();
    }

    [Fact]
    public void Values_are_told_apart_by_reference()
    {
        var index = new TopicIndex<Twin>();
        index.Add(Topics("a"), new Twin());
        index.Add(Topics("a"), new Twin());

        index.Remove(Topics("a"), new Twin()).ShouldBeFalse();

        var found = new List<Twin>();
        index.Match([Topic.Parse("a")], found);
        found.Count.ShouldBe(2);
    }

    [Fact]
    public void What_the_list_already_holds_stays()
    {
        _index.Add(Topics("a"), "value");
        List<string> found = ["value"];

        _index.Match([Topic.Parse("a")], found);

        found.ShouldBe(["value", "value"]);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(1_000)]
    public void Matching_allocates_nothing_once_its_buffers_have_grown(int values)
    {
        for (var i = 0; i < values; i++) _index.Add(MatcherSet.Of(Exact("all"), Exact($"one/{i}")), $"value {i}");
        _index.Add(MatcherSet.All, "star");
        var found = new List<string>(values + 1);
        var topics = ImmutableArray.Create(Topic.Parse("all"), Topic.Parse("one/0"), Topic.Parse("none"));
        _index.Match(topics, found);

        Allocations.OfCheapestRound(() =>
        {
            for (var i = 0; i < 100; i++)
            {
                found.Clear();
                _index.Match(topics, found);
            }
        }).ShouldBe(0);
        found.Count.ShouldBe(values + 1);
    }

    private static Matcher Exact(string topic) => Matcher.Exact(Topic.Parse(topic));

    private static MatcherSet Topics(params string[] topics) => MatcherSet.OfTopics(topics.Select(Topic.Parse));

    private List<string> Match(params string[] topics)
    {
        var found = new List<string>();
        _index.Match([.. topics.Select(Topic.Parse)], found);
        return found;
    }

    private sealed class Twin : IEquatable<Twin>
    {
        public bool Equals(Twin? other) => other is not null;

        public override bool Equals(object? obj) => obj is Twin;

        public override int GetHashCode() => 1;
    }
}
