using System.Buffers;
using Siar.Wire;

namespace Siar.Sockets;

/// <summary>Puts the few blocks that are for one reader only into chunks (RFC 9112, 7.1). Each thread that sends has one.</summary>
internal sealed class ChunkBuffer : IBufferWriter<byte>
{
    // Room for any chunk's length, and the head of a stored block, before the payload, whose length is known only afterwards.
    private const int PrefixRoom = 10 + GzipBlocks.StoredOverhead;

    [ThreadStatic]
    private static ChunkBuffer? _ofThread;

    private byte[] _bytes = new byte[512];
    private int _written = PrefixRoom;

    /// <summary>The thread's buffer, empty; valid until the thread asks again.</summary>
    public static ChunkBuffer Begin()
    {
        var buffer = _ofThread ??= new ChunkBuffer();
        buffer._written = PrefixRoom;
        return buffer;
    }

    public void Advance(int count) => _written += count;

    public Memory<byte> GetMemory(int sizeHint = 0)
    {
        MakeRoom(sizeHint);
        return _bytes.AsMemory(_written);
    }

    public Span<byte> GetSpan(int sizeHint = 0)
    {
        MakeRoom(sizeHint);
        return _bytes.AsSpan(_written);
    }

    /// <summary>What was written, as one chunk.</summary>
    public ReadOnlySpan<byte> EndChunk() => Frame(PrefixRoom);

    /// <summary>What was written, as a block of a gzip stream in one chunk.</summary>
    public ReadOnlySpan<byte> EndChunk(ref GzipSum sum) => Frame(Store(ref sum));

    /// <summary>What was written, if anything was, as one chunk, and the last chunk.</summary>
    public ReadOnlySpan<byte> EndStream() => FrameLast(PrefixRoom);

    /// <summary>What was written, if anything was, and the end of a gzip stream as one chunk, and the last chunk.</summary>
    public ReadOnlySpan<byte> EndStream(ref GzipSum sum)
    {
        var start = Store(ref sum);
        sum.WriteEnd(GetSpan(GzipBlocks.EndLength));
        _written += GzipBlocks.EndLength;
        return FrameLast(start);
    }

    private int Store(ref GzipSum sum)
    {
        var payload = _bytes.AsSpan(PrefixRoom.._written);
        if (payload.IsEmpty) return PrefixRoom;
        sum.Add(GzipPart.Of(payload));
        GzipBlocks.WriteStoredHead(payload.Length, _bytes.AsSpan(PrefixRoom - GzipBlocks.StoredOverhead));
        return PrefixRoom - GzipBlocks.StoredOverhead;
    }

    private ReadOnlySpan<byte> FrameLast(int start)
    {
        var chunk = _written > start ? start - HttpChunk.MeasurePrefix(_written - start) : start;
        Frame(start);
        this.Write(HttpChunk.Last);
        return _bytes.AsSpan(chunk.._written);
    }

    private ReadOnlySpan<byte> Frame(int start)
    {
        var length = _written - start;
        if (length == 0) return default;
        var chunk = start - HttpChunk.MeasurePrefix(length);
        HttpChunk.WritePrefix(length, _bytes.AsSpan(chunk));
        this.Write(HttpChunk.Suffix);
        return _bytes.AsSpan(chunk.._written);
    }

    private void MakeRoom(int sizeHint)
    {
        if (_bytes.Length - _written < Math.Max(sizeHint, 1)) Array.Resize(ref _bytes, Math.Max(_bytes.Length * 2, _written + sizeHint));
    }
}
