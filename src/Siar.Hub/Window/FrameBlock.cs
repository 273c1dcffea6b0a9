using Siar.Wire;

namespace Siar.Hub;

/// <summary>
/// Frames that lie one behind the other in one array, with the events they are of: a stretch of the window, or a page of the log.
/// One thread fills it, any number read it meanwhile: an entry is complete before <see cref="Count"/> shows it, and never changes.
/// </summary>
internal sealed class FrameBlock
{
    private readonly byte[] _bytes;
    private readonly FrameEntry[] _entries;
    private int _count;
    private int _used;
    private BlockIndex? _index;
    private EncodedFrames[] _encodings = [];
    private int _isDropped;

    /// <summary>Makes an empty block.</summary>
    /// <param name="after">The position that the block's events come after.</param>
    /// <param name="byteCapacity">Room for frames.</param>
    /// <param name="entryCapacity">Room for entries.</param>
    /// <param name="isPinned">Whether the bytes never move, so that system calls can read several blocks at once.</param>
    public FrameBlock(long after, int byteCapacity, int entryCapacity, bool isPinned)
    {
        After = after;
        Through = after;
        IsPinned = isPinned;
        _bytes = GC.AllocateUninitializedArray<byte>(byteCapacity, isPinned);
        _entries = new FrameEntry[entryCapacity];
    }

    /// <summary>Every event that the block is about has a higher position.</summary>
    public long After { get; }

    /// <summary>Of a page: every event that it is about has this position or a lower one. Not kept for blocks of the window.</summary>
    public long Through { get; private set; }

    /// <summary>Whether the bytes never move.</summary>
    public bool IsPinned { get; }

    /// <summary>Where the memory is counted that the frames take in other forms than the plain one; null where that is no matter.</summary>
    public EncodingCost? EncodingCost { get; init; }

    /// <summary>How many frames there are; rises only, and only up to what is complete.</summary>
    public int Count => Volatile.Read(ref _count);

    /// <summary>The memory that the block holds, near enough for a budget: bytes, entries, events and the index to come.</summary>
    public long Cost { get; private set; }

    /// <summary>The frames in another form than the plain one.</summary>
    public EncodedFrames In(StreamForm form)
    {
        foreach (var frames in Volatile.Read(ref _encodings))
        {
            if (ReferenceEquals(frames.Form, form)) return frames;
        }

        return Begin(form);
    }

    /// <summary>Says that the block has left its window or cache, whose budget counts nothing of it from now on.</summary>
    public void Drop()
    {
        Interlocked.Exchange(ref _isDropped, 1);
        foreach (var frames in Volatile.Read(ref _encodings)) frames.Drop();
    }

    /// <summary>Finds topics and ids in it, once the block is full; null while it grows.</summary>
    public BlockIndex? Index => Volatile.Read(ref _index);

    /// <summary>A page of the log as a block.</summary>
    public static FrameBlock FromPage(long after, LogPage page, EncodingCost? encodingCost = null)
    {
        var bytes = 0;
        foreach (var logged in page.Events) bytes += Measure(logged);
        var block = new FrameBlock(after, bytes, page.Events.Length, isPinned: false) { Through = page.ReadThrough, EncodingCost = encodingCost };
        foreach (var logged in page.Events) block.TryAdd(logged);
        return block;
    }

    /// <summary>A block with one frame that is in no log, for one reader.</summary>
    public static FrameBlock Of(LoggedEvent logged)
    {
        var block = new FrameBlock(logged.Position - 1, Measure(logged), 1, isPinned: false) { Through = logged.Position };
        block.TryAdd(logged);
        return block;
    }

    /// <summary>How many bytes the event's frame takes.</summary>
    public static int Measure(LoggedEvent logged) => HttpChunk.Measure(SseEncoder.MeasureEvent(ToWire(logged)));

    /// <summary>The frame at an index below <see cref="Count"/>.</summary>
    public ref readonly FrameEntry Entry(int index) => ref _entries[index];

    /// <summary>Its bytes as server-sent events, with their chunk framing.</summary>
    public FrameBytes Bytes(int index)
    {
        ref readonly var entry = ref _entries[index];
        return new FrameBytes(_bytes, entry.ChunkOffset, entry.ChunkLength, entry.PayloadOffset, entry.PayloadLength, IsPinned);
    }

    /// <summary>Its bytes as server-sent events know them.</summary>
    public ReadOnlyMemory<byte> Payload(int index) => _bytes.AsMemory(_entries[index].PayloadOffset, _entries[index].PayloadLength);

    /// <summary>Its bytes inside the HTTP/1.1 chunk framing.</summary>
    public ReadOnlyMemory<byte> Chunk(int index) => _bytes.AsMemory(_entries[index].ChunkOffset, _entries[index].ChunkLength);

    /// <summary>Encodes one more event, or says that there is no room. Only the thread that fills the block may call it.</summary>
    public bool TryAdd(LoggedEvent logged, long queuedAt = 0)
    {
        if (_count == _entries.Length || _bytes.Length - _used < Measure(logged)) return false;

        var length = HttpChunk.WriteEvent(ToWire(logged), _bytes.AsSpan(_used), out var payloadOffset, out var payloadLength);
        _entries[_count] = new FrameEntry(logged, _used, length, _used + payloadOffset, payloadLength, queuedAt);
        _used += length;
        Cost += length + logged.Content.Data.Length + EntryOverhead;
        Volatile.Write(ref _count, _count + 1);
        return true;
    }

    /// <summary>Says that nothing more will be added, and indexes what there is. Only the thread that filled the block may call it.</summary>
    public void Seal() => Volatile.Write(ref _index, BlockIndex.Of(this));

    /// <summary>The index of the first frame with a higher position; <see cref="Count"/> where there is none.</summary>
    public int FirstAfter(long position)
    {
        var low = 0;
        var high = Count;
        while (low < high)
        {
            var middle = (low + high) >>> 1;
            if (_entries[middle].Event.Position > position) high = middle;
            else low = middle + 1;
        }

        return low;
    }

    /// <summary>The position of the first frame with a publisher's own id, or null where none has it.</summary>
    public long? Find(EventId id)
    {
        if (Index is not { } index)
        {
            for (var i = 0; i < Count; i++)
            {
                if (_entries[i].Event.Content.Id == id) return _entries[i].Event.Position;
            }

            return null;
        }

        // A reader that comes with an id that nobody knows has every block searched.
        for (var i = index.FindId(id, 0); i >= 0; i = index.FindId(id, i + 1))
        {
            if (_entries[i].Event.Content.Id == id) return _entries[i].Event.Position;
        }

        return null;
    }

    // A reader may hold a block after it has left the window, and be the first to want it in a form. Each side writes before it reads, so one of
    // them sees the other.
    private EncodedFrames Begin(StreamForm form)
    {
        while (true)
        {
            var known = Volatile.Read(ref _encodings);
            if (Array.Find(known, f => ReferenceEquals(f.Form, form)) is { } frames) return frames;
            var made = new EncodedFrames(form, _entries.Length, EncodingCost);
            if (Interlocked.CompareExchange(ref _encodings, [.. known, made], known) != known) continue;
            if (Volatile.Read(ref _isDropped) == 1) made.Drop();
            return made;
        }
    }

    // An entry, its objects (LoggedEvent, Event, the array of topics) and its place in the index.
    private const int EntryOverhead = 24 + 200 + 8;

    private static SseEvent ToWire(LoggedEvent logged) => new()
    {
        Type = logged.Content.Type,
        Id = logged.Id,
        RetryMilliseconds = logged.Content.RetryMilliseconds is > 0 ? logged.Content.RetryMilliseconds : null,
        Data = logged.Content.Data.Span,
    };
}
