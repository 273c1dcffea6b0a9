using System.Buffers;
using System.Buffers.Binary;
using System.IO.Compression;

namespace Siar.Wire;

/// <summary>
/// Makes gzip streams out of blocks that share no history (RFC 1951, 3.2) and end on a byte: such a block is the same for every reader, so it
/// is compressed once, and a reader that has it can show it at once. Keeps no state; may be used from any thread.
/// </summary>
public static class GzipBlocks
{
    /// <summary>What a stream begins with (RFC 1952, 2.3): no name, no time, of an unknown system.</summary>
    public static ReadOnlySpan<byte> Header => [0x1F, 0x8B, 8, 0, 0, 0, 0, 0, 0, 255];

    /// <summary>The bytes that <see cref="GzipSum.WriteEnd"/> writes.</summary>
    public const int EndLength = 10;

    /// <summary>The most that one block holds uncompressed.</summary>
    public const int MaxStored = ushort.MaxValue;

    /// <summary>The bytes before what a block holds uncompressed.</summary>
    public const int StoredOverhead = 5;

    /// <summary>Writes bytes compressed where they are worth it, else as they are.</summary>
    /// <param name="bytes">The bytes.</param>
    /// <param name="compressFrom">From how many on they are compressed.</param>
    /// <param name="writer">Where to write.</param>
    public static void Write(ReadOnlySpan<byte> bytes, int compressFrom, IBufferWriter<byte> writer)
    {
        if (bytes.Length < compressFrom && bytes.Length <= MaxStored) WriteStored(bytes, writer);
        else WriteCompressed(bytes, writer);
    }

    /// <summary>Writes a block that holds bytes as they are: for those too few to be worth compressing.</summary>
    /// <param name="bytes">At most <see cref="MaxStored"/>.</param>
    /// <param name="writer">Where to write.</param>
    public static void WriteStored(ReadOnlySpan<byte> bytes, IBufferWriter<byte> writer)
    {
        WriteStoredHead(bytes.Length, writer.GetSpan(StoredOverhead));
        writer.Advance(StoredOverhead);
        writer.Write(bytes);
    }

    /// <summary>Writes what comes before the bytes of such a block.</summary>
    /// <param name="length">How many bytes the block holds, at most <see cref="MaxStored"/>.</param>
    /// <param name="destination">At least <see cref="StoredOverhead"/> bytes.</param>
    public static void WriteStoredHead(int length, Span<byte> destination)
    {
        // RFC 1951, 3.2.4: not the last, no compression, then from a byte on the length and its complement.
        destination[0] = 0;
        BinaryPrimitives.WriteUInt16LittleEndian(destination[1..], checked((ushort)length));
        BinaryPrimitives.WriteUInt16LittleEndian(destination[3..], (ushort)~length);
    }

    /// <summary>Writes bytes compressed, ending on a byte, or as they are where that is shorter.</summary>
    public static void WriteCompressed(ReadOnlySpan<byte> bytes, IBufferWriter<byte> writer)
    {
        using var compressed = new MemoryStream(bytes.Length / 2 + 64);
        using (var deflate = new DeflateStream(compressed, CompressionLevel.Fastest, leaveOpen: true))
        {
            deflate.Write(bytes);
            // A synchronising flush: the block ends, and an empty stored one brings the stream to a byte's end.
            deflate.Flush();
            var length = (int)compressed.Length;
            if (length < bytes.Length + StoredOverhead || bytes.Length > MaxStored) writer.Write(compressed.GetBuffer().AsSpan(0, length));
            else WriteStored(bytes, writer);
        }
    }
}
