using System.Collections.Immutable;

namespace Siar.Storage.Sqlite.Indexing;

/// <summary>
/// The index of the newest events, in memory. The tables that find events by topic and by id are written to now and then, many events at
/// a time and in the tables' order: doing it with each commit would write a page for each event to the disk, and halve what can be
/// acknowledged in a second. What is not in the tables is read again when the log is opened.
/// </summary>
/// <param name="indexed">Up to this position events are in the tables.</param>
/// <param name="chunkEvents">How many are written into them at once.</param>
internal sealed class TailIndex(long indexed, int chunkEvents)
{
    private const int ChunksKept = 2;
    private const int MostChunks = 16;

    // Swapped whole by the writer.
    private ImmutableArray<TailChunk> _chunks = [new TailChunk(indexed)];

    // How it was when the writer's transaction began. Touched by the writer only.
    private (ImmutableArray<TailChunk> Chunks, long Through, int Events) _before;

    /// <summary>
    /// The chunks at this moment, the oldest first. Whoever takes them before it begins to read the file finds there all events up to where
    /// they begin.
    /// </summary>
    public ImmutableArray<TailChunk> Chunks => _chunks;

    /// <summary>The chunk that should be written into the tables; null while there is none.</summary>
    public TailChunk? Due => _chunks.Length > ChunksKept ? _chunks[0] : null;

    /// <summary>Whether there is so much that nothing should be added before some is written into the tables.</summary>
    public bool IsFull => _chunks.Length > MostChunks;

    /// <summary>Why some of the newest events may not be among these; null where all are.</summary>
    public SqliteLogException? Damage { get; set; }

    /// <summary>The writer's transaction begins.</summary>
    public void Begin() => _before = (_chunks, _chunks[^1].Through, _chunks[^1].Events);

    /// <summary>Takes back what was added since <see cref="Begin"/>, also where it was added in part only. Allocates nothing.</summary>
    public void TakeBack(List<IndexEntry> added)
    {
        _chunks = _before.Chunks;
        foreach (var entry in added) _chunks[^1].Remove(entry);
        _chunks[^1].GoBack(_before.Through, _before.Events);
    }

    /// <summary>Becomes what another is.</summary>
    public void Replace(TailIndex other)
    {
        Damage ??= other.Damage;
        _chunks = other._chunks;
    }

    public void Add(IndexEntry entry)
    {
        if (_chunks[^1].Events >= chunkEvents) _chunks = _chunks.Add(new TailChunk(_chunks[^1].Through));
        _chunks[^1].Add(entry);
    }

    public void Remove(IndexEntry entry)
    {
        foreach (var chunk in _chunks)
        {
            if (entry.Position > chunk.After && entry.Position <= chunk.Through) chunk.Remove(entry);
        }
    }

    /// <summary>How many events have a topic.</summary>
    public int Count(long topic)
    {
        var count = 0;
        foreach (var chunk in _chunks) count += chunk.Count(topic);
        return count;
    }

    /// <summary>A topic's newest position; null where it has none here.</summary>
    public long? Newest(long topic)
    {
        for (var i = _chunks.Length - 1; i >= 0; i--)
        {
            if (_chunks[i].Newest(topic) is { } position) return position;
        }

        return null;
    }

    public long? Find(string id) => Find(_chunks, id);

    /// <summary>Where an id leads in some chunks; null where it does not.</summary>
    public static long? Find(ImmutableArray<TailChunk> chunks, string id)
    {
        foreach (var chunk in chunks)
        {
            if (chunk.Find(id) is { } position) return position;
        }

        return null;
    }

    /// <summary>Lets go of the oldest chunk: it is in the tables.</summary>
    /// <param name="newer">The others, put together before the tables had it for good.</param>
    public void DropOldest(ImmutableArray<TailChunk> newer) => _chunks = newer;
}
