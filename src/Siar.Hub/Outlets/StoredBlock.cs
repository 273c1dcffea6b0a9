using System.Buffers;
using Siar.Wire;

namespace Siar.Hub;

/// <summary>Collects what is for one reader only, to put it into a gzip stream uncompressed. Each thread has one.</summary>
internal static class StoredBlock
{
    [ThreadStatic]
    private static ArrayBufferWriter<byte>? _ofThread;

    /// <summary>The thread's buffer, empty.</summary>
    public static ArrayBufferWriter<byte> Begin()
    {
        var buffer = _ofThread ??= new ArrayBufferWriter<byte>();
        buffer.ResetWrittenCount();
        return buffer;
    }

    /// <summary>Writes what was collected, if anything was, and adds it up.</summary>
    public static void End(ArrayBufferWriter<byte> collected, IBufferWriter<byte> writer, ref GzipSum sum)
    {
        var bytes = collected.WrittenSpan;
        if (bytes.IsEmpty) return;
        GzipBlocks.WriteStored(bytes, writer);
        sum.Add(GzipPart.Of(bytes));
    }
}
