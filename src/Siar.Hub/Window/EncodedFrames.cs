using Siar.Wire;

namespace Siar.Hub;

/// <summary>One event's bytes in a form of its own, inside HTTP/1.1 chunk framing. Immutable, never moves, shared by every reader of the form.</summary>
internal sealed class EncodedFrame
{
    private readonly int _payloadLength;

    /// <summary>Keeps a copy of a payload.</summary>
    /// <param name="payload">At least one byte.</param>
    /// <param name="part">What it adds to a stream's checksum, in a form that has one.</param>
    public EncodedFrame(ReadOnlySpan<byte> payload, in GzipPart part = default)
    {
        Part = part;
        _payloadLength = payload.Length;
        Chunk = GC.AllocateUninitializedArray<byte>(HttpChunk.Measure(payload.Length), pinned: true);
        HttpChunk.Write(payload, Chunk);
    }

    public byte[] Chunk { get; }

    public GzipPart Part { get; }

    /// <summary>Where the bytes are.</summary>
    public FrameBytes Bytes => new(Chunk, 0, Chunk.Length, HttpChunk.MeasurePrefix(_payloadLength), _payloadLength, isPinned: true);

    /// <summary>The memory that it takes, near enough for a budget.</summary>
    public long Cost => Chunk.Length + 96;
}

/// <summary>
/// The frames of one block in one form, each made when its first reader wants it. Reading one that is there takes no lock; one at a time is made.
/// </summary>
internal sealed class EncodedFrames(StreamForm form, int entries, EncodingCost? cost)
{
    private readonly EncodedFrame?[] _frames = new EncodedFrame?[entries];
    private readonly Lock _gate = new();
    private long _counted;
    private bool _isDropped;

    public StreamForm Form => form;

    public EncodedFrame Get(in Frame frame, int index) => Volatile.Read(ref _frames[index]) ?? Make(frame, index);

    /// <summary>Says that the block has left its window or cache, whose budget counts it no longer. A second call does nothing.</summary>
    public void Drop()
    {
        lock (_gate)
        {
            if (_isDropped) return;
            _isDropped = true;
            cost?.Add(-_counted);
        }
    }

    private EncodedFrame Make(in Frame frame, int index)
    {
        lock (_gate)
        {
            if (_frames[index] is { } existing) return existing;
            var made = form.Encode(frame);
            if (!_isDropped) Count(made.Cost + (_counted == 0 ? entries * sizeof(long) : 0));
            Volatile.Write(ref _frames[index], made);
            return made;
        }
    }

    private void Count(long bytes)
    {
        _counted += bytes;
        cost?.Add(bytes);
    }
}

/// <summary>The memory that the frames of a window, or of cached pages, take in other forms than the plain one. Safe for concurrent use.</summary>
internal sealed class EncodingCost
{
    private long _bytes;

    public long Bytes => Volatile.Read(ref _bytes);

    public void Add(long bytes) => Interlocked.Add(ref _bytes, bytes);
}
