using Siar.UrlPatterns;

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
    public void Find(Topic topic, long search, DistinctUnion<T> union)
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

/// <summary>A pattern that the index holds, once for all of its values. An entry that has lost its last value is dead and never comes back.</summary>
internal sealed class PatternEntry<T>(Matcher matcher)
    where T : class
{
    // A field, for a set is a struct that changes in place.
    public ValueSet<T> Values;

    public Matcher Matcher { get; } = matcher;

    public bool IsDead => Values.IsEmpty;

    /// <summary>The number of the last search that has found the entry, so that one search counts it once.</summary>
    public long FoundBy { get; set; }
}

/// <summary>The patterns that look at a topic in the same way, by their literal prefix: as its text, or as its URL from one base.</summary>
/// <param name="readsUrl">Whether they look at the URL.</param>
/// <param name="baseUrl">What relative topics resolve against.</param>
internal sealed class PatternSpace<T>(bool readsUrl, Url? baseUrl)
    where T : class
{
    private readonly PrefixTree<PatternEntry<T>> _byPrefix = new();

    public int Count { get; private set; }

    public void Add(PatternEntry<T> entry)
    {
        _byPrefix.Add(entry.Matcher.LiteralPrefix, entry);
        Count++;
    }

    public void Remove(PatternEntry<T> entry)
    {
        _byPrefix.Remove(entry.Matcher.LiteralPrefix, entry);
        Count--;
    }

    /// <summary>Appends the patterns whose literal prefix the topic has.</summary>
    public void AppendCandidates(Topic topic, ref TopicUrls urls, List<PatternEntry<T>> into)
    {
        var key = readsUrl ? urls.Of(topic, baseUrl)?.HrefWithoutCredentials : topic.Value;
        if (key is not null) _byPrefix.Find(key, into);
    }
}

/// <summary>
/// The patterns that were added last, numbered. What was remembered for a topic before they came is brought up to date with
/// them alone, so that a hub where patterns come and go need not search again for every topic.
/// </summary>
internal sealed class RecentPatterns<T>
    where T : class
{
    private const int Most = 1024;

    private readonly List<PatternEntry<T>> _entries = [];

    /// <summary>The number of the oldest addition that is still known.</summary>
    public long First { get; private set; }

    /// <summary>The number that the next addition gets.</summary>
    public long Next => First + _entries.Count;

    public void Add(PatternEntry<T> entry)
    {
        if (_entries.Count == Most)
        {
            _entries.RemoveRange(0, Most / 2);
            First += Most / 2;
        }

        _entries.Add(entry);
    }

    /// <summary>Appends the living entries from a number on; it must not be below <see cref="First"/>.</summary>
    public void AppendSince(long number, List<PatternEntry<T>> into)
    {
        for (var i = (int)(number - First); i < _entries.Count; i++)
        {
            if (!_entries[i].IsDead) into.Add(_entries[i]);
        }
    }
}
