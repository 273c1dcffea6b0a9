using System.Collections.Immutable;
using System.Diagnostics;
using Siar.TestKit;

namespace Siar.Topics.Tests.Index;

public class PatternIndexTests
{
    private readonly TopicIndex<string> _index = new();

    [Fact]
    public void Equal_patterns_are_held_once()
    {
        _index.Add(Templates("/a/{x}"), "first");
        _index.Add(Templates("/a/{x}"), "second");
        _index.Add(Templates("/a/{y}"), "third");

        _index.DistinctPatterns.ShouldBe(2);
        _index.Remove(Templates("/a/{x}"), "first");
        _index.DistinctPatterns.ShouldBe(2);
        _index.Remove(Templates("/a/{x}"), "second");
        _index.DistinctPatterns.ShouldBe(1);
    }

    [Fact]
    public void A_pattern_that_comes_later_is_found_for_a_topic_that_is_remembered()
    {
        Match("/a/1").ShouldBeEmpty();
        _index.Add(Templates("/a/{x}"), "first");
        Match("/a/1").ShouldBe(["first"]);
        _index.Add(Templates("/{x}/1"), "second");

        Match("/a/1").ShouldBe(["first", "second"]);
    }

    [Fact]
    public void A_pattern_that_has_gone_and_come_again_is_found_once()
    {
        _index.Add(Templates("/a/{x}"), "first");
        Match("/a/1").ShouldBe(["first"]);
        _index.Remove(Templates("/a/{x}"), "first");
        Match("/a/1").ShouldBeEmpty();
        _index.Add(Templates("/a/{x}"), "second");

        Match("/a/1").ShouldBe(["second"]);
    }

    [Fact]
    public void Thousands_of_patterns_that_come_and_go_leave_what_is_remembered_right()
    {
        var values = Enumerable.Range(0, 5_000).Select(i => $"value {i}").ToArray();
        for (var i = 0; i < values.Length; i++)
        {
            _index.Add(Templates($"/{i % 7}/{{x}}/{i}"), values[i]);
            if (i >= 20) _index.Remove(Templates($"/{(i - 20) % 7}/{{x}}/{i - 20}"), values[i - 20]).ShouldBeTrue();
            if (i % 700 > 3) continue;

            Match($"/{i % 7}/x/{i}").ShouldBe([values[i]]);
            Match("/0/x/0").ShouldBe(i < 20 ? [values[0]] : []);
        }

        _index.DistinctPatterns.ShouldBe(20);
    }

    [Fact]
    public void A_value_that_one_pattern_finds_by_two_topics_is_found_once()
    {
        _index.Add(Templates("/a/{x}"), "value");

        Match("/a/1", "/a/2").ShouldBe(["value"]);
    }

    [Theory]
    [InlineData(TopicIndex<string>.DefaultMemoBytes)]
    [InlineData(0)]
    public void Matching_allocates_nothing_once_its_buffers_have_grown(int memoBytes)
    {
        var index = new TopicIndex<string>(memoBytes);
        for (var i = 0; i < 100; i++) index.Add(Templates($"/{i}/{{x}}", $"/{{x}}/{i}"), $"value {i}");
        var events = Enumerable.Range(0, 100).Select(i => ImmutableArray.Create(Topic.Parse($"/{i}/1"), Topic.Parse($"/1/{i}"))).ToArray();
        var found = new List<string>(100);
        foreach (var topics in events) index.Match(topics, found);

        Allocations.OfCheapestRound(() =>
        {
            foreach (var topics in events)
            {
                found.Clear();
                index.Match(topics, found);
            }
        }).ShouldBe(0);
    }

    private static MatcherSet Templates(params string[] templates) =>
        MatcherSet.Of(templates.Select(t => Matcher.TryCreateUriTemplate(t, out var matcher, out var error) ? matcher : throw new UnreachableException(error)));

    private List<string> Match(params string[] topics)
    {
        var found = new List<string>();
        _index.Match([.. topics.Select(Topic.Parse)], found);
        found.Sort(StringComparer.Ordinal);
        return found;
    }
}
