using System.Runtime.InteropServices;
using Siar.Storage.Sqlite.Native;

namespace Siar.Storage.Sqlite.Indexing;

/// <summary>
/// How events are found by topic and by id: the newest in memory, the others in tables. What a transaction adds and removes in memory shows
/// when it is committed. Belongs to the writer, but for <see cref="Tail"/>.
/// </summary>
internal sealed class EventIndex : IDisposable
{
    private readonly IndexTables _tables;
    private readonly List<IndexEntry> _added = [];
    private readonly List<IndexEntry> _removed = [];
    private readonly HashSet<string> _addedIds = [];
    private readonly Dictionary<long, int> _removedOfTopic = [];

    public EventIndex(Database database, int chunkEvents)
    {
        _tables = new IndexTables(database);
        Tail = new TailIndex(database.ReadNumber("SELECT through FROM indexed")!.Value, chunkEvents);
        ReadTail(database);
    }

    public TailIndex Tail { get; }

    /// <summary>Whether an event that is kept has a publisher's id already.</summary>
    public bool HasId(string id) => _addedIds.Contains(id) || Tail.Find(id) is not null || _tables.HasId(id);

    /// <summary>Whether any event has a topic still.</summary>
    public bool HasTopic(long topic) => Tail.Count(topic) > _removedOfTopic.GetValueOrDefault(topic) || _tables.HasTopic(topic);

    /// <summary>The position of a topic's newest event, those that this transaction adds included; null where it has none.</summary>
    public long? Newest(long topic)
    {
        for (var i = _added.Count - 1; i >= 0; i--)
        {
            if (_added[i].Topics.Contains(topic)) return _added[i].Position;
        }

        return Tail.Newest(topic) ?? _tables.Newest(topic);
    }

    public void Add(IndexEntry entry)
    {
        _added.Add(entry);
        if (entry.Id is not null) _addedIds.Add(entry.Id);
    }

    public void Remove(IndexEntry entry)
    {
        if (entry.Position <= Tail.Chunks[0].After)
        {
            _tables.Delete(entry);
            return;
        }

        _removed.Add(entry);
        foreach (var topic in entry.Topics) CollectionsMarshal.GetValueRefOrAddDefault(_removedOfTopic, topic, out _)++;
    }

    /// <summary>Writes a chunk of the tail into the tables, within the caller's transaction; to be dropped when that is committed.</summary>
    public void Write(TailChunk chunk)
    {
        chunk.WriteTo(_tables);
        _tables.SaveIndexed(chunk.Through);
    }

    /// <summary>The transaction is committed.</summary>
    public void Show()
    {
        foreach (var entry in _added) Tail.Add(entry);
        foreach (var entry in _removed) Tail.Remove(entry);
        Forget();
    }

    /// <summary>The transaction is rolled back, or done with.</summary>
    public void Forget()
    {
        _added.Clear();
        _addedIds.Clear();
        _removed.Clear();
        _removedOfTopic.Clear();
    }

    public void Dispose() => _tables.Dispose();

    private void ReadTail(Database database)
    {
        var topics = new List<long>();
        using var rows = database.Prepare("SELECT position, topic, alternates, id, flags FROM event WHERE position > ?1 ORDER BY position");
        rows.Bind(1, Tail.Chunks[0].After);
        while (rows.Step())
        {
            topics.Clear();
            topics.Add(rows.Number(1));
            AlternateIds.Read(rows.TextOrNull(2), topics);
            var repeats = ((EventFlags)rows.Number(4)).HasFlag(EventFlags.RepeatsId);
            Tail.Add(new IndexEntry(rows.Number(0), [.. topics], repeats ? null : rows.TextOrNull(3)));
        }
    }
}
