using System.Diagnostics;
using FsCheck;
using FsCheck.Fluent;
using Siar.TestKit;

namespace Siar.Topics.Tests.Index;

public class TopicIndexModelTests
{
    private static readonly Gen<string> TopicTexts = Gen.Elements(
        "a", "b", "/a", "/a/b", "/ab", "/abc", "/x/a/y", "/é", "https://x.example/a", "https://X.example/a", "//x.example/a/b", "https://u:p@y.example/a", "urn:a", "https://[", "{a}");

    private static readonly string[] Templates = ["{a}", "/{a}", "/a{b}", "/a{/b}", "/ab{c}", "/abc", "/x{/a*}", "/x/{a}/y", "/x/{a}/z", "https://x.example{/a}"];

    private static readonly string[] Patterns =
        ["/:a", "/a/*", "/a{/:b}?", "https://x.example/:a", "https://x.example/*", "https://y.example/a", "*://x.example/a", "urn\\:*", "/x/*/y"];

    private static readonly string[] Bases = ["https://x.example/hub", "https://y.example/"];

    // Each of them twice, for equal matchers are seldom the same object.
    private static readonly Gen<Matcher> Matchers = Gen.Frequency(
        (1, Gen.Constant(Matcher.All)),
        (4, TopicTexts.Select(t => Matcher.Exact(Topic.Parse(t)))),
        (6, Gen.Elements(Templates.Concat(Templates).Select(Template).ToArray())),
        (6, Gen.Elements(Bases.Concat(Bases).SelectMany(b => Patterns.Select(p => Pattern(p, b))).ToArray())));

    private static readonly Gen<Step> Steps =
        from what in Gen.Frequency((4, Gen.Constant(What.Add)), (3, Gen.Constant(What.RemoveAdded)), (1, Gen.Constant(What.Remove)), (6, Gen.Constant(What.Match)))
        from matchers in Generated.ListOf(Matchers, 4)
        from topics in Generated.ListOf(TopicTexts, 4)
        from number in Gen.Choose(0, 1_000)
        select new Step(what, MatcherSet.Of(matchers), [.. topics.Select(Topic.Parse)], number);

    private enum What
    {
        Add,
        Remove,
        RemoveAdded,
        Match,
    }

    [Theory]
    [InlineData(3, TopicIndex<object>.DefaultMemoBytes)]
    [InlineData(40, TopicIndex<object>.DefaultMemoBytes)]
    [InlineData(3, 2_000)]
    [InlineData(3, 0)]
    public void The_index_finds_what_a_plain_list_finds(int values, int memoBytes) =>
        Generated.Check(
            Generated.ListOf(Steps, 120),
            steps => Run(steps, new TopicIndex<object>(memoBytes), [.. Enumerable.Range(0, values).Select(i => $"value {i}")]),
            count: 300);

    private static void Run(IEnumerable<Step> steps, TopicIndex<object> index, string[] values)
    {
        var model = new ModelOfIndex();
        var added = new List<(MatcherSet Matchers, string Value)>();
        foreach (var step in steps)
        {
            var value = values[step.Number % values.Length];
            switch (step.What)
            {
                case What.Add:
                    index.Add(step.Matchers, value);
                    model.Add(step.Matchers, value);
                    if (!step.Matchers.Matchers.IsEmpty) added.Add((step.Matchers, value));
                    break;
                case What.Remove:
                    index.Remove(step.Matchers, value).ShouldBe(model.Remove(step.Matchers, value));
                    break;
                case What.RemoveAdded when added.Count > 0:
                    var last = added[step.Number % added.Count];
                    added.Remove(last);
                    index.Remove(last.Matchers, last.Value).ShouldBe(model.Remove(last.Matchers, last.Value));
                    break;
                case What.Match:
                    var found = new List<object>();
                    index.Match([.. step.Topics], found);
                    found.Cast<string>().Order().ShouldBe(model.Match(step.Topics).Cast<string>().Order());
                    break;
            }

            index.Count.ShouldBe(model.Count);
            index.DistinctPatterns.ShouldBe(model.DistinctPatterns);
        }
    }

    private static Matcher Template(string text) =>
        Matcher.TryCreateUriTemplate(text, out var matcher, out var error) ? matcher : throw new UnreachableException(error);

    private static Matcher Pattern(string text, string baseUrl) =>
        Matcher.TryCreateUrlPattern(text, baseUrl, out var matcher, out var error) ? matcher : throw new UnreachableException(error);

    private sealed record Step(What What, MatcherSet Matchers, Topic[] Topics, int Number)
    {
        public override string ToString() => $"{What} [{string.Join(", ", Matchers.Matchers)}] [{string.Join(", ", Topics)}] {Number}";
    }
}
