using System.Buffers;
using Siar.Wire;

namespace Siar.Sockets;

/// <summary>Puts the few blocks that are for one reader only into chunks (RFC 9112, 7.1). Each thread that sends has one.</summary>
internal sealed class ChunkBuffer : IBufferWriter<byte>
{
    // Room for any chunk's length before the payload, whose length is known only afterwards.
    private const int PrefixRoom = 10;

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

    /// <summary>What was written, if anything was, as one chunk.</summary>
    public ReadOnlySpan<byte> EndChunk()
    {
        var length = _written - PrefixRoom;
        if (length == 0) return default;
        var start = PrefixRoom - HttpChunk.MeasurePrefix(length);
        HttpChunk.WritePrefix(length, _bytes.AsSpan(start));
        this.Write(HttpChunk.Suffix);
        return _bytes.AsSpan(start.._written);
    }

    /// <summary>What was written, if anything was, as one chunk, and the last chunk.</summary>
    public ReadOnlySpan<byte> EndStream()
    {
        var start = PrefixRoom;
        if (EndChunk() is { IsEmpty: false } chunk) start = _written - chunk.Length;
        this.Write(HttpChunk.Last);
        return _bytes.AsSpan(start.._written);
    }

    private void MakeRoom(int sizeHint)
    {
        if (_bytes.Length - _written < Math.Max(sizeHint, 1)) Array.Resize(ref _bytes, Math.Max(_bytes.Length * 2, _written + sizeHint));
    }
}
