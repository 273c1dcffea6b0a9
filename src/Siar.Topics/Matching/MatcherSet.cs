using System.Collections.Immutable;

namespace Siar.Topics;

/// <summary>
/// The matchers of one subscription or one grant: a topic is meant when any of them means it. Immutable; may be used from any thread;
/// two sets are equal when they hold the same matchers, in whatever order they were given. Asking takes time that depends on the
/// patterns, not on the number of exact topics.
/// </summary>
public sealed class MatcherSet : IEquatable<MatcherSet>
{
    private const int MostToSearch = 4;

    // Patterns of a subscription that asked for none: each is tried against each new topic.
    private const int MostToSpell = 16;

    private readonly ImmutableArray<Matcher> _patterns;
    private readonly int _exactCount;
    private readonly int _hash;
    private HashSet<string>? _exact;

    private MatcherSet(ImmutableArray<Matcher> matchers)
    {
        Matchers = matchers;
        IsAll = matchers.Contains(Matcher.All);
        _exactCount = matchers.Count(m => m.Kind == MatcherKind.Exact);
        // Neighbours with the same base parse a topic once.
        _patterns = [.. matchers.Where(m => m.IsPattern).OrderBy(m => m.Base?.Href, StringComparer.Ordinal)];
        foreach (var matcher in matchers) _hash ^= matcher.GetHashCode();
    }

    /// <summary>The set that means no topic.</summary>
    public static MatcherSet None { get; } = new([]);

    /// <summary>The set that means every topic.</summary>
    public static MatcherSet All { get; } = new([Matcher.All]);

    /// <summary>The matchers, without repeats, in the order in which they were given.</summary>
    public ImmutableArray<Matcher> Matchers { get; }

    /// <summary>Whether the set means every topic.</summary>
    public bool IsAll { get; }

    /// <summary>How many of the matchers are patterns (neither exact nor <c>*</c>), which is what limits count.</summary>
    public int DistinctPatternCount => _patterns.Length;

    /// <summary>Makes a set; repeats are left out.</summary>
    public static MatcherSet Of(params IEnumerable<Matcher> matchers) => new([.. matchers.Distinct()]);

    /// <summary>Makes a set of exact topics.</summary>
    public static MatcherSet OfTopics(params IEnumerable<Topic> topics) => Of(topics.Select(Matcher.Exact));

    /// <summary>Whether any matcher means the topic.</summary>
    public bool Matches(Topic topic)
    {
        if (IsAll || HasExact(topic.Value)) return true;
        var urls = default(TopicUrls);
        foreach (var pattern in _patterns)
        {
            if (pattern.Matches(topic, ref urls)) return true;
        }

        return false;
    }

    /// <summary>Whether any matcher means any of the topics.</summary>
    public bool MatchesAny(ImmutableArray<Topic> topics)
    {
        foreach (var topic in topics)
        {
            if (Matches(topic)) return true;
        }

        return false;
    }

    /// <summary>The set that means the topics that this one or another one means.</summary>
    internal MatcherSet Or(MatcherSet other)
    {
        if (IsAll || other.Matchers.IsEmpty) return this;
        return other.IsAll || Matchers.IsEmpty ? other : Of(Matchers.Concat(other.Matchers));
    }

    /// <summary>
    /// The set that means the topics that both this one and another one mean. Exact topics that the other one does not mean are left out, so that the
    /// set is empty where there was nothing else; a pattern stays one, however little is left of it. Sets that are made of equal ones are equal.
    /// </summary>
    internal MatcherSet Within(MatcherSet allowed)
    {
        if (allowed.IsAll || Equals(allowed)) return this;
        if (allowed.Matchers.IsEmpty) return None;
        if (IsAll && allowed.DistinctPatternCount <= MostToSpell) return allowed;
        var patterns = allowed._patterns.Length == allowed.Matchers.Length ? allowed : Of(allowed._patterns);
        var found = new List<Matcher>();
        foreach (var matcher in Matchers)
        {
            if (matcher.Kind is MatcherKind.Exact)
            {
                if (Topic.TryCreate(matcher.Value, out var topic, out _) && allowed.Matches(topic)) found.Add(matcher);
                continue;
            }

            found.AddRange(allowed.Matchers.Where(m => m.Kind is MatcherKind.Exact && Topic.TryCreate(m.Value, out var exact, out _) && matcher.Matches(exact)));
            found.Add(patterns.Matchers.Contains(matcher) ? matcher : new WithinMatcher(matcher, patterns));
        }

        return found.SequenceEqual(Matchers) ? this : Of(found);
    }

    /// <summary>
    /// Whether a topic that begins with a text, up to a slash, may be meant: no only where none is. Neither a URL Pattern nor a template is looked
    /// into behind its literal beginning.
    /// </summary>
    internal bool MayMeanBelow(string prefix)
    {
        foreach (var matcher in Matchers)
        {
            var may = matcher.Kind switch
            {
                MatcherKind.Exact => matcher.Value.StartsWith(prefix, StringComparison.Ordinal),
                MatcherKind.UriTemplate => IsOneTheOthersBeginning(matcher.LiteralPrefix, prefix),
                MatcherKind.UrlPattern => MayMeanUrlBelow(matcher, prefix),
                _ => true,
            };
            if (may) return true;
        }

        return false;
    }

    // What is no URL is meant by none.
    private static bool MayMeanUrlBelow(Matcher pattern, string prefix)
    {
        var urls = default(TopicUrls);
        return urls.Of(Topic.Parse(prefix), pattern.Base) is { } url && IsOneTheOthersBeginning(pattern.LiteralPrefix, url.HrefWithoutCredentials);
    }

    private static bool IsOneTheOthersBeginning(string one, string other) =>
        one.StartsWith(other, StringComparison.Ordinal) || other.StartsWith(one, StringComparison.Ordinal);

    /// <inheritdoc />
    public bool Equals(MatcherSet? other) =>
        other is not null && (ReferenceEquals(this, other)
            || (_hash == other._hash && Matchers.Length == other.Matchers.Length
                && (Matchers.SequenceEqual(other.Matchers) || Matchers.ToHashSet().SetEquals(other.Matchers))));

    /// <inheritdoc />
    public override bool Equals(object? obj) => Equals(obj as MatcherSet);

    /// <inheritdoc />
    public override int GetHashCode() => _hash;

    private bool HasExact(string topic)
    {
        if (_exactCount == 0) return false;
        if (_exactCount > MostToSearch) return ExactTopics().Contains(topic);
        foreach (var matcher in Matchers)
        {
            if (matcher.Kind == MatcherKind.Exact && matcher.Value == topic) return true;
        }

        return false;
    }

    // Made when first asked for, since most sets never are; two threads may both make it, and either will do.
    private HashSet<string> ExactTopics()
    {
        if (Volatile.Read(ref _exact) is { } made) return made;
        made = [.. Matchers.Where(m => m.Kind == MatcherKind.Exact).Select(m => m.Value)];
        Volatile.Write(ref _exact, made);
        return made;
    }
}
