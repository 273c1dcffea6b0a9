using Siar.Topics;

namespace Siar.Storage.Sqlite.Reading;

/// <summary>The selections of the matchers asked about last. Safe for concurrent use; each selection has a lock of its own.</summary>
internal sealed class SelectionCache
{
    private const int MaxSelections = 256;
    private readonly Lock _gate = new();
    private readonly Dictionary<MatcherSet, LinkedListNode<TopicSelection>> _byMatchers = [];
    private readonly LinkedList<TopicSelection> _byUse = new();

    public TopicSelection Get(MatcherSet matchers)
    {
        lock (_gate)
        {
            if (_byMatchers.TryGetValue(matchers, out var node))
            {
                _byUse.Remove(node);
                _byUse.AddFirst(node);
                return node.Value;
            }

            node = _byUse.AddFirst(new TopicSelection(matchers));
            _byMatchers.Add(matchers, node);
            if (_byUse.Count > MaxSelections)
            {
                _byMatchers.Remove(_byUse.Last!.Value.Matchers);
                _byUse.RemoveLast();
            }

            return node.Value;
        }
    }
}
