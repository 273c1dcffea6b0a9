namespace Siar.Topics.Index;

/// <summary>
/// The values under patterns. A pattern is held once for all its values, tried only on topics that have its literal prefix, and the
/// outcome is remembered by topic.
/// </summary>
internal sealed class PatternIndex<T>(int memoBytes)
    where T : class
{
    private readonly Dictionary<Matcher, PatternEntry<T>> _entries = [];
    private readonly Dictionary<(MatcherKind Kind, string Base), PatternSpace<T>> _spaces = [];
    private readonly RecentPatterns<T> _recent = new();
    private readonly PatternMemo<T> _memo = new(memoBytes);
    private readonly List<PatternEntry<T>> _found = [];
    private readonly List<PatternEntry<T>> _candidates = [];
    private TopicUrls _urls;

    public int Count => _entries.Count;

    public bool Contains(Matcher pattern, T value) => _entries.TryGetValue(pattern, out var entry) && entry.Values.Contains(value);

    public bool Add(Matcher pattern, T value)
    {
        if (_entries.TryGetValue(pattern, out var entry)) return entry.Values.Add(value);
        entry = new PatternEntry<T>(pattern);
        entry.Values.Add(value);
        _entries.Add(pattern, entry);
        SpaceOf(pattern).Add(entry);
        _recent.Add(entry);
        return true;
    }

    public void Remove(Matcher pattern, T value)
    {
        var entry = _entries[pattern];
        entry.Values.Remove(value);
        if (!entry.IsDead) return;
        _entries.Remove(pattern);
        var space = SpaceOf(pattern);
        space.Remove(entry);
        if (space.Count == 0) _spaces.Remove(SpaceKey(pattern));
    }

    /// <summary>Adds the values under every pattern that means the topic to the union, those of one pattern once in a search.</summary>
    /// <param name="topic">The topic.</param>
    /// <param name="search">The number of the search, which may ask for several topics.</param>
    /// <param name="union">Where the values go.</param>
    public void Find(Topic topic, long search, BagUnion<T> union)
    {
        if (_entries.Count == 0) return;
        FindEntries(topic);
        var dead = 0;
        foreach (var entry in _found)
        {
            if (entry.IsDead) dead++;
            else if (entry.FoundBy != search) union.Add(entry.Values);
            entry.FoundBy = search;
        }

        if (dead > _found.Count / 2) Remember(topic);
        _found.Clear();
    }

    private void FindEntries(Topic topic)
    {
        if (_memo.TryGet(topic.Value, _found, out var upTo) && upTo >= _recent.First)
        {
            if (upTo == _recent.Next) return;
            _recent.AppendSince(upTo, _candidates);
        }
        else
        {
            _found.Clear();
            foreach (var space in _spaces.Values) space.AppendCandidates(topic, ref _urls, _candidates);
        }

        foreach (var candidate in _candidates)
        {
            if (candidate.Matcher.Matches(topic, ref _urls)) _found.Add(candidate);
        }

        _candidates.Clear();
        Remember(topic);
    }

    private void Remember(Topic topic)
    {
        _found.RemoveAll(static e => e.IsDead);
        _memo.Set(topic.Value, _found, _recent.Next);
    }

    private PatternSpace<T> SpaceOf(Matcher pattern)
    {
        if (_spaces.TryGetValue(SpaceKey(pattern), out var space)) return space;
        return _spaces[SpaceKey(pattern)] = new PatternSpace<T>(pattern.Kind == MatcherKind.UrlPattern, pattern.Base);
    }

    private static (MatcherKind Kind, string Base) SpaceKey(Matcher pattern) => (pattern.Kind, pattern.Base?.Href ?? "");
}
