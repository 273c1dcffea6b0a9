using System.Collections.Immutable;

namespace Siar.Topics;

/// <summary>
/// The matchers of one subscription or one grant: a topic is meant when any of them means it. Immutable; may be used from any thread;
/// two sets are equal when they hold the same matchers, in whatever order they were given.
/// </summary>
public sealed class MatcherSet : IEquatable<MatcherSet>
{
    private readonly int _hash;

    private MatcherSet(ImmutableArray<Matcher> matchers)
    {
        Matchers = matchers;
        foreach (var matcher in matchers) _hash ^= matcher.GetHashCode();
    }

    /// <summary>The set that means no topic.</summary>
    public static MatcherSet None { get; } = new([]);

    /// <summary>The set that means every topic.</summary>
    public static MatcherSet All { get; } = new([Matcher.All]);

    /// <summary>The matchers, without repeats, in the order in which they were given.</summary>
    public ImmutableArray<Matcher> Matchers { get; }

    /// <summary>Whether the set means every topic.</summary>
    public bool IsAll => Matchers.Contains(Matcher.All);

    /// <summary>Makes a set; repeats are left out.</summary>
    public static MatcherSet Of(params IEnumerable<Matcher> matchers) => new([.. matchers.Distinct()]);

    /// <summary>Makes a set of exact topics.</summary>
    public static MatcherSet OfTopics(params IEnumerable<Topic> topics) => Of(topics.Select(Matcher.Exact));

    /// <summary>Whether any matcher means the topic.</summary>
    public bool Matches(Topic topic)
    {
        foreach (var matcher in Matchers)
        {
            if (matcher.Matches(topic)) return true;
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

    /// <inheritdoc />
    public bool Equals(MatcherSet? other) =>
        other is not null && (ReferenceEquals(this, other)
            || (_hash == other._hash && Matchers.Length == other.Matchers.Length && Matchers.All(other.Matchers.Contains)));

    /// <inheritdoc />
    public override bool Equals(object? obj) => Equals(obj as MatcherSet);

    /// <inheritdoc />
    public override int GetHashCode() => _hash;
}
