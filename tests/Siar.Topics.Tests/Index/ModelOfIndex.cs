namespace Siar.Topics.Tests.Index;

/// <summary>What the index must do, said plainly: a list of links between matchers and values, searched from end to end.</summary>
internal sealed class ModelOfIndex
{
    private readonly List<(Matcher Matcher, object Value)> _links = [];

    public int Count => _links.Count;

    public int DistinctPatterns => _links.Select(l => l.Matcher).Where(m => m.Kind is not (MatcherKind.Exact or MatcherKind.All)).Distinct().Count();

    public void Add(MatcherSet matchers, object value)
    {
        foreach (var matcher in matchers.Matchers) _links.Add((matcher, value));
    }

    public bool Remove(MatcherSet matchers, object value)
    {
        if (matchers.Matchers.IsEmpty || !matchers.Matchers.All(m => _links.Contains((m, value)))) return false;
        foreach (var matcher in matchers.Matchers) _links.Remove((matcher, value));
        return true;
    }

    public IEnumerable<object> Match(IEnumerable<Topic> topics) =>
        _links.Where(l => topics.Any(l.Matcher.Matches)).Select(l => l.Value).Distinct();
}
