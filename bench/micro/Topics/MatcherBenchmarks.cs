using BenchmarkDotNet.Attributes;
using Siar.Topics;

namespace Siar.Bench.Micro.Topics;

/// <summary>One matcher or one set of them, and one topic.</summary>
public class MatcherBenchmarks
{
    private readonly Topic _topic = Topic.Parse("https://hub.example/users/17/messages/4");
    private readonly Topic _longTopic = Topic.Parse(new string('a', 4_000) + "/");
    private readonly Matcher _template = Matchers.Template("https://hub.example/users/{id}/messages{/number}");
    private readonly Matcher _pattern = Matchers.Pattern("/users/:id/messages/:number");
    private readonly Matcher _worstTemplate = Matchers.Template(string.Concat(Enumerable.Repeat("{a}a", 1_000)) + "{b}");
    private readonly MatcherSet _topics = MatcherSet.OfTopics(Enumerable.Range(0, 1_000).Select(i => Topic.Parse($"https://hub.example/users/{i}")));
    private readonly MatcherSet _patterns = MatcherSet.Of(Enumerable.Range(0, 100).Select(i => Matchers.Pattern($"/users/:id/things/{i}")));

    /// <summary>A URI Template.</summary>
    [Benchmark]
    public bool UriTemplate() => _template.Matches(_topic);

    /// <summary>A URL Pattern, the parsing of the topic included.</summary>
    [Benchmark]
    public bool UrlPattern() => _pattern.Matches(_topic);

    /// <summary>The costliest template of 4 KiB on the costliest topic of 4 KiB.</summary>
    [Benchmark]
    public bool WorstUriTemplate() => _worstTemplate.Matches(_longTopic);

    /// <summary>A set of 1,000 exact topics.</summary>
    [Benchmark]
    public bool SetOfTopics() => _topics.Matches(_topic);

    /// <summary>A set of 100 URL Patterns, none of which matches.</summary>
    [Benchmark]
    public bool SetOfUrlPatterns() => _patterns.Matches(_topic);
}
