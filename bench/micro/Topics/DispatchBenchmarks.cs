using System.Collections.Immutable;
using BenchmarkDotNet.Attributes;
using Siar.Topics;

namespace Siar.Bench.Micro.Topics;

/// <summary>
/// Who gets an event that one subscriber (<see cref="Exact"/>) or three (the others) have asked for, among ever more who have not. Of the mix,
/// a third each asks for a topic, a URI Template and a URL Pattern of its own.
/// </summary>
public class DispatchBenchmarks
{
    private const int EventsHeld = 64;

    private readonly List<object> _found = [];
    private TopicIndex<object> _exact = new();
    private TopicIndex<object> _mix = new();
    private TopicIndex<object> _mixWithoutMemo = new(memoBytes: 0);
    private ImmutableArray<Topic>[] _events = [];
    private int _next;

    /// <summary>How many subscribers there are.</summary>
    [Params(1, 1_000, 100_000)]
    public int Subscribers { get; set; }

    /// <summary>Fills the indexes.</summary>
    [GlobalSetup]
    public void SetUp()
    {
        (_exact, _mix, _mixWithoutMemo) = (new(), new(), new(memoBytes: 0));
        for (var i = 0; i < Subscribers; i++) _exact.Add(MatcherSet.Of(Matchers.Exact(Text(i))), new object());
        for (var i = 0; i < Math.Max(1, Subscribers / 3); i++)
        {
            foreach (var matcher in (Matcher[])[Matchers.Exact(Text(i)), Matchers.Template($"https://hub.example/users/{i}{{/rest*}}"), Matchers.Pattern($"/users/{i}/*")])
            {
                var (set, subscriber) = (MatcherSet.Of(matcher), new object());
                _mix.Add(set, subscriber);
                _mixWithoutMemo.Add(set, subscriber);
            }
        }

        _events = [.. Enumerable.Range(0, EventsHeld).Select(i => ImmutableArray.Create(Topic.Parse(Text(i * 7 % Math.Max(1, Subscribers / 3)))))];
    }

    /// <summary>One exact topic each.</summary>
    [Benchmark]
    public int Exact() => Match(_exact);

    /// <summary>The mix, on topics that have had an event before.</summary>
    [Benchmark]
    public int Mix() => Match(_mix);

    /// <summary>The mix, on topics as if they were new. Parsing one as a URL allocates.</summary>
    [Benchmark]
    public int MixOnNewTopics() => Match(_mixWithoutMemo);

    private static string Text(int i) => $"https://hub.example/users/{i}/messages";

    private int Match(TopicIndex<object> index)
    {
        _found.Clear();
        index.Match(_events[_next++ % EventsHeld], _found);
        return _found.Count;
    }
}
