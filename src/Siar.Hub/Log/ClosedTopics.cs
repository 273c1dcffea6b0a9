using Siar.Topics;

namespace Siar.Hub;

/// <summary>Which topics are closed: the newest so many closings, however long ago. Logs share it. Safe for concurrent use.</summary>
/// <param name="most">How many are known at once; beyond it the oldest are forgotten, and their topics open.</param>
public sealed class ClosedTopics(int most)
{
    private readonly Lock _gate = new();
    private readonly Dictionary<Topic, Closing> _byTopic = [];
    private readonly Queue<Topic> _byAge = new();
    private int _count;

    /// <summary>How many there are.</summary>
    public int Count => Volatile.Read(ref _count);

    /// <summary>The closing of a topic; null while it is open.</summary>
    public Closing? Find(Topic topic)
    {
        // Most hubs have none, and every publish and every reader asks.
        if (Count == 0) return null;
        lock (_gate) return _byTopic.TryGetValue(topic, out var closing) ? closing : null;
    }

    /// <summary>Makes room for some more, so that <see cref="Add"/> needs no memory for them and cannot fail.</summary>
    public void EnsureRoom(int more)
    {
        lock (_gate)
        {
            _byTopic.EnsureCapacity(_byTopic.Count + more);
            _byAge.EnsureCapacity(_byAge.Count + more);
        }
    }

    /// <summary>Notes that a topic was closed.</summary>
    public void Add(Topic topic, Closing closing)
    {
        lock (_gate)
        {
            if (!_byTopic.TryAdd(topic, closing)) return;
            _byAge.Enqueue(topic);
            if (_byAge.Count > most) _byTopic.Remove(_byAge.Dequeue());
            Volatile.Write(ref _count, _byAge.Count);
        }
    }
}
