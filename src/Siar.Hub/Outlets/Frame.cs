namespace Siar.Hub;

/// <summary>
/// One event's bytes, encoded once in each form and shared by every reader of the form: a view into a <see cref="FrameBlock"/>. Neighbours in a block are
/// neighbours in memory as server-sent events, so that several leave in one write.
/// </summary>
internal readonly struct Frame(FrameBlock block, int index)
{
    /// <summary>The event.</summary>
    public LoggedEvent Event => block.Entry(index).Event;

    /// <summary>When its publish was queued, as a timestamp of the hub's clock; 0 where that is not known.</summary>
    public long QueuedAt => block.Entry(index).QueuedAt;

    /// <summary>The bytes as server-sent events know them.</summary>
    public ReadOnlySpan<byte> Payload => block.Payload(index).Span;

    /// <summary>The payload inside its HTTP/1.1 chunk framing.</summary>
    public ReadOnlyMemory<byte> Chunk => block.Chunk(index);

    /// <summary>The bytes in a form, made if this is its first reader.</summary>
    public FrameBytes In(StreamForm form) => ReferenceEquals(form, SseForm.Plain) ? block.Bytes(index) : EncodedIn(form).Bytes;

    /// <summary>The bytes in another form than the plain one.</summary>
    public EncodedFrame EncodedIn(StreamForm form) => block.In(form).Get(this, index);
}

/// <summary>Where a frame's bytes are.</summary>
internal readonly struct FrameBytes(byte[] array, int offset, int length, int payloadOffset, int payloadLength, bool isPinned)
{
    /// <summary>What they are in.</summary>
    public byte[] Array => array;

    /// <summary>Where the chunk begins.</summary>
    public int Offset => offset;

    /// <summary>How many bytes the chunk is.</summary>
    public int Length => length;

    /// <summary>Whether the array never moves, so that system calls can read several at once.</summary>
    public bool IsPinned => isPinned;

    /// <summary>The payload inside its HTTP/1.1 chunk framing.</summary>
    public ReadOnlyMemory<byte> Chunk => array.AsMemory(offset, length);

    /// <summary>The payload.</summary>
    public ReadOnlySpan<byte> Payload => array.AsSpan(payloadOffset, payloadLength);
}
