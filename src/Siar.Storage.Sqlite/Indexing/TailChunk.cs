
namespace Siar.Storage.Sqlite.Indexing;

/// <summary>The index of some of the newest events. Written by the writer, read by anybody.</summary>
/// <param name="after">Its events have higher positions.</param>
internal sealed class TailChunk(long after)
{
    // Guards all that follows; held for a look-up, or for a batch.
    private readonly Lock _gate = new();
    private readonly Dictionary<long, List<long>> _byTopic = [];
    private readonly Dictionary<string, long> _byId = [];

    public long After { get; } = after;

    /// <summary>Its newest event. Touched by the writer only.</summary>
    public long Through { get; private set; } = after;

    /// <summary>How many events it has been given. Touched by the writer only.</summary>
    public int Events { get; private set; }

    public void Add(IndexEntry entry)
    {
        lock (_gate)
        {
            foreach (var topic in entry.Topics)
            {
                if (!_byTopic.TryGetValue(topic, out var positions)) _byTopic.Add(topic, positions = new List<long>(1));
                positions.Add(entry.Position);
            }

            if (entry.Id is not null) _byId.TryAdd(entry.Id, entry.Position);
        }

        Through = entry.Position;
        Events++;
    }

    public void Remove(IndexEntry entry)
    {
        lock (_gate)
        {
            foreach (var topic in entry.Topics)
            {
                if (!_byTopic.TryGetValue(topic, out var positions)) continue;
                positions.Remove(entry.Position);
                if (positions.Count == 0) _byTopic.Remove(topic);
            }

            if (entry.Id is not null && _byId.TryGetValue(entry.Id, out var position) && position == entry.Position) _byId.Remove(entry.Id);
        }
    }

    /// <summary>Says again what it had been given at an earlier moment. The writer calls it.</summary>
    public void GoBack(long through, int events) => (Through, Events) = (through, events);

    public int Count(long topic)
    {
        lock (_gate) return _byTopic.TryGetValue(topic, out var positions) ? positions.Count : 0;
    }

    /// <summary>A topic's newest position; null where it has none here.</summary>
    public long? Newest(long topic)
    {
        lock (_gate) return _byTopic.TryGetValue(topic, out var positions) ? positions[^1] : null;
    }

    public long? Find(string id)
    {
        lock (_gate) return _byId.TryGetValue(id, out var position) ? position : null;
    }

    /// <summary>Appends a topic's positions after one, up to another, in order.</summary>
    public void Collect(long topic, long after, long head, Queue<long> into)
    {
        lock (_gate)
        {
            if (!_byTopic.TryGetValue(topic, out var positions)) return;
            foreach (var position in positions)
            {
                if (position > after && position <= head) into.Enqueue(position);
            }
        }
    }

    /// <summary>Writes the chunk into the tables, in their order, within the caller's transaction. The writer calls it.</summary>
    public void WriteTo(IndexTables tables)
    {
        lock (_gate)
        {
            foreach (var (topic, positions) in _byTopic.OrderBy(t => t.Key))
            {
                foreach (var position in positions) tables.Insert(topic, position);
            }

            foreach (var (id, position) in _byId.OrderBy(i => i.Key, StringComparer.Ordinal)) tables.Insert(id, position);
        }
    }
}
