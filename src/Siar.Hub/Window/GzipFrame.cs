using System.Buffers;
using Siar.Wire;

namespace Siar.Hub;

/// <summary>An event's bytes once more, as a block of a gzip stream inside its chunk framing. Immutable, never moves, shared by every reader.</summary>
internal sealed class GzipFrame
{
    private readonly int _payloadOffset;
    private readonly int _payloadLength;

    private GzipFrame(ReadOnlySpan<byte> block, GzipPart part)
    {
        Part = part;
        _payloadLength = block.Length;
        Chunk = GC.AllocateUninitializedArray<byte>(HttpChunk.Measure(block.Length), pinned: true);
        HttpChunk.Write(block, Chunk);
        _payloadOffset = HttpChunk.MeasurePrefix(block.Length);
    }

    /// <summary>The block inside its HTTP/1.1 chunk framing.</summary>
    public byte[] Chunk { get; }

    /// <summary>The block.</summary>
    public ReadOnlySpan<byte> Payload => Chunk.AsSpan(_payloadOffset, _payloadLength);

    /// <summary>What it adds to a stream's trailer.</summary>
    public GzipPart Part { get; }

    /// <summary>The memory that it takes, near enough for a budget.</summary>
    public long Cost => Chunk.Length + 96;

    /// <summary>Compresses a frame, unless it is smaller than is worth it.</summary>
    public static GzipFrame Of(ReadOnlySpan<byte> payload, int compressFrom)
    {
        var buffer = new ArrayBufferWriter<byte>(payload.Length + 64);
        if (payload.Length < compressFrom && payload.Length <= GzipBlocks.MaxStored) GzipBlocks.WriteStored(payload, buffer);
        else GzipBlocks.WriteCompressed(payload, buffer);
        return new GzipFrame(buffer.WrittenSpan, GzipPart.Of(payload));
    }
}
