namespace Siar.Hub;

/// <summary>
/// One event's bytes, encoded once and shared by every reader: a view into a <see cref="FrameBlock"/>. Neighbours in a block are
/// neighbours in memory, so that several leave in one write.
/// </summary>
internal readonly struct Frame(FrameBlock block, int index)
{
    /// <summary>The block that holds the bytes.</summary>
    public FrameBlock Block => block;

    /// <summary>The event.</summary>
    public LoggedEvent Event => block.Entry(index).Event;

    /// <summary>When its publish was queued, as a timestamp of the hub's clock; 0 where that is not known.</summary>
    public long QueuedAt => block.Entry(index).QueuedAt;

    /// <summary>The bytes as server-sent events know them.</summary>
    public ReadOnlySpan<byte> Payload => block.Payload(index).Span;

    /// <summary>The payload inside its HTTP/1.1 chunk framing.</summary>
    public ReadOnlyMemory<byte> Chunk => block.Chunk(index);

    /// <summary>The frame as a block of a gzip stream.</summary>
    /// <param name="compressFrom">Bytes from which a frame is worth compressing; the same for every reader.</param>
    public GzipFrame Gzip(int compressFrom) => block.Gzip(index, compressFrom);

    /// <summary>Where in the block's bytes the chunk begins.</summary>
    public int ChunkOffset => block.Entry(index).ChunkOffset;

    /// <summary>How many bytes the chunk is.</summary>
    public int ChunkLength => block.Entry(index).ChunkLength;
}
