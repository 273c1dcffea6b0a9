using Siar.Topics;

namespace Siar.Hub;

/// <summary>
/// Counts the distinct patterns that subscriptions hold, in one connection and in the hub: each may be tried against each new topic.
/// Safe for concurrent use; only subscriptions with patterns come here.
/// </summary>
internal sealed class PatternBudget(LimitOptions limits)
{
    private readonly Dictionary<Matcher, int> _inUse = [];

    /// <summary>How many distinct patterns are in use.</summary>
    public int InUse
    {
        get
        {
            lock (_inUse) return _inUse.Count;
        }
    }

    /// <summary>Counts the patterns of a subscription.</summary>
    /// <exception cref="LimitExceededException">There are too many; nothing was taken.</exception>
    public void Take(MatcherSet matchers)
    {
        var patterns = Patterns(matchers);
        if (patterns.Length == 0) return;
        if (patterns.Length > limits.PatternsPerConnection)
            throw new LimitExceededException($"The subscription has {patterns.Length} patterns; at most {limits.PatternsPerConnection} are taken.");

        lock (_inUse)
        {
            var added = patterns.Count(p => !_inUse.ContainsKey(p));
            if (_inUse.Count + added > limits.Patterns)
                throw new LimitExceededException($"The hub holds {_inUse.Count} distinct patterns and takes at most {limits.Patterns}.");
            foreach (var pattern in patterns) _inUse[pattern] = _inUse.GetValueOrDefault(pattern) + 1;
        }
    }

    public void Return(MatcherSet matchers)
    {
        var patterns = Patterns(matchers);
        if (patterns.Length == 0) return;
        lock (_inUse)
        {
            foreach (var pattern in patterns)
            {
                if (--_inUse[pattern] == 0) _inUse.Remove(pattern);
            }
        }
    }

    private static Matcher[] Patterns(MatcherSet matchers) =>
        [.. matchers.Matchers.Where(m => m.Kind is MatcherKind.UrlPattern or MatcherKind.UriTemplate)];
}
