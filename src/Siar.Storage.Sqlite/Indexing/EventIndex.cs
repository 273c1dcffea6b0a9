using System.Runtime.InteropServices;
using Siar.Storage.Sqlite.Integrity;
using Siar.Storage.Sqlite.Native;
using Siar.Storage.Sqlite.Writing;

namespace Siar.Storage.Sqlite.Indexing;

/// <summary>
/// How events are found by topic and by id: the newest in memory, the others in tables. What a transaction adds stands in memory before it is
/// committed, behind the log's head, where no reader looks; what it removes goes from memory when it is committed. So nothing is left to do
/// after the commit that needs memory, and could fail. Belongs to the writer, but for <see cref="Tail"/>.
/// </summary>
internal sealed class EventIndex : IDisposable
{
    private readonly IndexTables _tables;
    private readonly int _chunkEvents;
    private readonly List<IndexEntry> _added = [];
    private readonly List<IndexEntry> _removed = [];
    private readonly Dictionary<long, int> _removedOfTopic = [];

    public EventIndex(Database database, int chunkEvents)
    {
        _tables = new IndexTables(database);
        _chunkEvents = chunkEvents;
        Tail = ReadTail(database);
    }

    public TailIndex Tail { get; }

    /// <summary>Whether an event that is kept has a publisher's id already.</summary>
    public bool HasId(string id) => Tail.Find(id) is not null || _tables.HasId(id);

    /// <summary>Whether any event has a topic still.</summary>
    public bool HasTopic(long topic) => Tail.Count(topic) > _removedOfTopic.GetValueOrDefault(topic) || _tables.HasTopic(topic);

    /// <summary>The position of a topic's newest event, those that this transaction adds included; null where it has none.</summary>
    public long? Newest(long topic) => Tail.Newest(topic) ?? _tables.Newest(topic);

    /// <summary>A transaction begins.</summary>
    public void Begin()
    {
        Forget();
        Tail.Begin();
    }

    public void Add(IndexEntry entry)
    {
        // Noted first: what was added in part is taken back as well.
        _added.Add(entry);
        Tail.Add(entry);
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

    /// <summary>The transaction is committed. Allocates nothing.</summary>
    public void Show()
    {
        foreach (var entry in _removed) Tail.Remove(entry);
        Forget();
    }

    /// <summary>The transaction is rolled back. Allocates nothing.</summary>
    public void TakeBack()
    {
        Tail.TakeBack(_added);
        Forget();
    }

    /// <summary>Reads again from the file what is in memory.</summary>
    public void Reload(Database database)
    {
        Tail.Replace(ReadTail(database));
        Forget();
    }

    public void Dispose() => _tables.Dispose();

    private void Forget()
    {
        _tables.Forget();
        _added.Clear();
        _removed.Clear();
        _removedOfTopic.Clear();
    }

    private TailIndex ReadTail(Database database)
    {
        var tail = new TailIndex(database.ReadNumber("SELECT through FROM indexed")!.Value, _chunkEvents);
        var topics = new List<long>();
        using var sequence = new EventSequence(database);
        var before = tail.Chunks[0].After;
        using var rows = database.Prepare("SELECT position, topic, alternates, id, flags FROM event WHERE position > ?1 ORDER BY position");
        rows.Bind(1, tail.Chunks[0].After);
        while (rows.Step())
        {
            Note(() => sequence.Check(before, rows.Number(0)));
            if (rows.Number(0) <= before) continue;
            before = rows.Number(0);
            topics.Clear();
            topics.Add(rows.Number(1));
            AlternateIds.Read(rows.TextOrNull(2), topics);
            var repeats = ((EventFlags)rows.Number(4)).HasFlag(EventFlags.RepeatsId);
            tail.Add(new IndexEntry(rows.Number(0), [.. topics], repeats ? null : rows.TextOrNull(3)));
        }

        var head = LogContents.HeadOf(database);
        if (before > head) throw sequence.Missing(before);
        Note(() => sequence.CheckEnd(before, head));
        return tail;

        // What can be found goes on being found: by going through the events.
        void Note(Action check)
        {
            try
            {
                check();
            }
            catch (SqliteLogException damage) when (damage.Failure is SqliteLogFailure.Damaged)
            {
                tail.Damage ??= damage;
            }
        }
    }
}
