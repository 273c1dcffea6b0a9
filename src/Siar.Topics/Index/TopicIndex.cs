using System.Collections.Immutable;
using Siar.Topics.Index;

namespace Siar.Topics;

/// <summary>
/// Finds the values (subscribers) whose matchers mean an event's topics, in time that depends on the values found and not on those held.
/// Values are told apart by reference. Not thread-safe: owned by one lane. <see cref="Match"/> allocates nothing once its buffers have grown.
/// </summary>
/// <typeparam name="T">What is found, usually a subscriber.</typeparam>
public sealed class TopicIndex<T>
    where T : class
{
    /// <summary>What is spent on remembering when nothing else is said: 2 MiB, some ten thousand topics.</summary>
    public const int DefaultMemoBytes = 2 * 1024 * 1024;

    private readonly ExactIndex<T> _exact = new();
    private readonly DuplicateEntries<T> _duplicates = new();
    private readonly DistinctUnion<T> _union = new();
    private readonly HashSet<string> _topics = [];
    private readonly PatternIndex<T> _patterns;
    private ValueSet<T> _all;
    private long _search;

    /// <summary>Makes an empty index.</summary>
    /// <param name="memoBytes">
    /// About how many bytes may be spent on remembering which patterns mean a topic, so that a topic's next event need not try them again.
    /// It is used only as patterns are; 0 remembers nothing.
    /// </param>
    public TopicIndex(int memoBytes = DefaultMemoBytes) => _patterns = new PatternIndex<T>(memoBytes);

    /// <summary>How many entries stand, pairs of a matcher and a value: a value under a set of three matchers has three.</summary>
    public int Count { get; private set; }

    /// <summary>How many different patterns (matchers that are neither exact nor <c>*</c>) the index holds.</summary>
    public int DistinctPatterns => _patterns.Count;

    /// <summary>Puts a value under every matcher of a set. The same value may be added again, under the same set or another.</summary>
    /// <param name="matchers">What the value asks for. The empty set adds nothing.</param>
    /// <param name="value">The value.</param>
    public void Add(MatcherSet matchers, T value)
    {
        if (matchers.Matchers.IsEmpty) return;
        foreach (var matcher in matchers.Matchers)
        {
            if (!AddEntry(matcher, value)) _duplicates.Add(matcher, value);
        }

        Count += matchers.Matchers.Length;
    }

    /// <summary>Takes back what one <see cref="Add"/> with an equal set and the same value has added.</summary>
    /// <param name="matchers">What the value asked for.</param>
    /// <param name="value">The value.</param>
    /// <returns>Whether the value stood under all of the matchers. If not, nothing has changed.</returns>
    public bool Remove(MatcherSet matchers, T value)
    {
        if (matchers.Matchers.IsEmpty) return false;
        foreach (var matcher in matchers.Matchers)
        {
            if (!HasEntry(matcher, value)) return false;
        }

        foreach (var matcher in matchers.Matchers)
        {
            if (!_duplicates.TryRemove(matcher, value)) RemoveEntry(matcher, value);
        }

        Count -= matchers.Matchers.Length;
        return true;
    }

    /// <summary>Appends every value of which any matcher means any of the topics, each value once in a call, in no particular order.</summary>
    /// <param name="topics">The event's topics.</param>
    /// <param name="into">Where the values are appended; what it already holds stays.</param>
#pragma warning disable MA0016 // The list is the caller's reused buffer, filled and read as a span: an abstraction would cost a call a value.
    public void Match(ImmutableArray<Topic> topics, List<T> into)
#pragma warning restore MA0016
    {
        if (topics.IsEmpty) return;
        _search++;
        _union.Add(_all);
        foreach (var topic in topics)
        {
            if (topics.Length > 1 && !_topics.Add(topic.Value)) continue;
            _union.Add(_exact.Find(topic.Value));
            _patterns.Find(topic, _search, _union);
        }

        _topics.Clear();
        _union.AppendTo(into);
    }

    private bool AddEntry(Matcher matcher, T value) => matcher.Kind switch
    {
        MatcherKind.All => _all.Add(value),
        MatcherKind.Exact => _exact.Add(matcher.Value, value),
        _ => _patterns.Add(matcher, value),
    };

    private bool HasEntry(Matcher matcher, T value) => matcher.Kind switch
    {
        MatcherKind.All => _all.Contains(value),
        MatcherKind.Exact => _exact.Find(matcher.Value).Contains(value),
        _ => _patterns.Contains(matcher, value),
    };

    private void RemoveEntry(Matcher matcher, T value)
    {
        switch (matcher.Kind)
        {
            case MatcherKind.All:
                _all.Remove(value);
                break;
            case MatcherKind.Exact:
                _exact.Remove(matcher.Value, value);
                break;
            default:
                _patterns.Remove(matcher, value);
                break;
        }
    }
}
