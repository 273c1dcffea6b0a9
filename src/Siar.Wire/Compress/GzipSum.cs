using System.Buffers.Binary;

namespace Siar.Wire;

/// <summary>The checksum and length of a stretch of a gzip stream, before compression. Immutable.</summary>
/// <param name="Crc">The checksum.</param>
/// <param name="Length">The number of bytes.</param>
/// <param name="Shift">What the checksum of all that came before is multiplied with.</param>
public readonly record struct GzipPart(uint Crc, int Length, uint Shift)
{
    /// <summary>Adds some bytes up.</summary>
    public static GzipPart Of(ReadOnlySpan<byte> bytes) => new(Crc32.Of(bytes), bytes.Length, Crc32.Shift(bytes.Length));
}

/// <summary>
/// What one reader's gzip stream has come to, eight bytes, so that it can end with a valid trailer although its blocks are shared with others.
/// Not safe for concurrent use.
/// </summary>
public struct GzipSum
{
    private uint _crc;
    private uint _length;

    /// <summary>Adds what was written next.</summary>
    public void Add(in GzipPart part)
    {
        _crc = Crc32.Combine(_crc, part.Crc, part.Shift);
        _length = unchecked(_length + (uint)part.Length);
    }

    /// <summary>
    /// Writes the end of the stream: an empty last block (RFC 1951, 3.2.3) and the trailer, checksum and length modulo 2^32 (RFC 1952, 2.3.1).
    /// </summary>
    /// <param name="destination">At least <see cref="GzipBlocks.EndLength"/> bytes.</param>
    public readonly void WriteEnd(Span<byte> destination)
    {
        // Last block, compressed with the fixed codes, holding only the end-of-block code.
        destination[0] = 0x03;
        destination[1] = 0x00;
        BinaryPrimitives.WriteUInt32LittleEndian(destination[2..], _crc);
        BinaryPrimitives.WriteUInt32LittleEndian(destination[6..], _length);
    }
}
