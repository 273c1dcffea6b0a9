using System.Collections.Immutable;
namespace Siar.Topics;
/// <summary>Stands in until the index of the topics room arrives; delete this file with it.</summary>
public sealed class TopicIndex<T> where T : class
{
    private readonly List<(MatcherSet, T)> _items = [];
    /// <summary>Stands in until the index of the topics room arrives; delete this file with it.</summary>
    public void Add(MatcherSet matchers, T value) => _items.Add((matchers, value));
    /// <summary>Stands in until the index of the topics room arrives; delete this file with it.</summary>
    public bool Remove(MatcherSet matchers, T value) => _items.Remove((matchers, value));
    /// <summary>Stands in until the index of the topics room arrives; delete this file with it.</summary>
    public void Match(ImmutableArray<Topic> topics, List<T> into) { foreach (var (m, v) in _items) if (m.MatchesAny(topics)) into.Add(v); }
}
