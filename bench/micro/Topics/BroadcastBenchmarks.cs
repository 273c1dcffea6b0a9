using System.Collections.Immutable;
using BenchmarkDotNet.Attributes;
using Siar.Topics;

namespace Siar.Bench.Micro.Topics;

/// <summary>Finding everybody for an event that everybody has asked for: the time is for all of them.</summary>
public class BroadcastBenchmarks
{
    private readonly List<object> _found = [];
    private readonly ImmutableArray<Topic> _one = [Topic.Parse("prices")];
    private readonly ImmutableArray<Topic> _two = [Topic.Parse("prices"), Topic.Parse("news")];
    private TopicIndex<object> _index = new();

    /// <summary>How many subscribers there are.</summary>
    [Params(1, 1_000, 100_000)]
    public int Subscribers { get; set; }

    /// <summary>Fills the index: all want prices, every second one news too, and one everything.</summary>
    [GlobalSetup]
    public void SetUp()
    {
        _index = new();
        var (prices, both) = (MatcherSet.Of(Matchers.Exact("prices")), MatcherSet.Of(Matchers.Exact("prices"), Matchers.Exact("news")));
        for (var i = 0; i < Subscribers; i++) _index.Add(i % 2 == 0 ? prices : both, new object());
        _index.Add(MatcherSet.All, new object());
    }

    /// <summary>An event with one topic.</summary>
    [Benchmark]
    public int OneTopic() => Match(_one);

    /// <summary>An event with two topics, so that half of the subscribers are hit twice.</summary>
    [Benchmark]
    public int TwoTopics() => Match(_two);

    private int Match(ImmutableArray<Topic> topics)
    {
        _found.Clear();
        _index.Match(topics, _found);
        return _found.Count;
    }
}
