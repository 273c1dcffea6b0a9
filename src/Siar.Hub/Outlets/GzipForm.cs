using System.Buffers;
using Siar.Wire;

namespace Siar.Hub;

/// <summary>
/// Another form as a gzip stream whose blocks share no history: an event is compressed once for all readers, and what is for one reader only is stored
/// uncompressed between.
/// </summary>
/// <param name="inner">The form that is compressed.</param>
/// <param name="compressFrom">Bytes from which a frame is worth compressing.</param>
internal sealed class GzipForm(StreamForm inner, int compressFrom) : StreamForm
{
    // What is for one reader only is collected here before it is stored.
    [ThreadStatic]
    private static ArrayBufferWriter<byte>? _ofThread;

    public override EncodedFrame Encode(in Frame frame)
    {
        var payload = frame.In(inner).Payload;
        var buffer = new ArrayBufferWriter<byte>(payload.Length + 64);
        GzipBlocks.Write(payload, compressFrom, buffer);
        return new EncodedFrame(buffer.WrittenSpan, GzipPart.Of(payload));
    }

    public override void Write(in StreamBlock block, OutletFormat format, IBufferWriter<byte> writer, ref GzipSum sum)
    {
        var stored = _ofThread ??= new ArrayBufferWriter<byte>();
        stored.ResetWrittenCount();
        var ofInner = default(GzipSum);
        inner.Write(block, format, stored, ref ofInner);

        if (block.Kind is StreamBlockKind.First) writer.Write(GzipBlocks.Header);
        if (stored.WrittenCount > 0)
        {
            GzipBlocks.WriteStored(stored.WrittenSpan, writer);
            sum.Add(GzipPart.Of(stored.WrittenSpan));
        }

        if (block.Kind is not StreamBlockKind.End) return;
        sum.WriteEnd(writer.GetSpan(GzipBlocks.EndLength));
        writer.Advance(GzipBlocks.EndLength);
    }

    public override void Add(in Frame frame, ref GzipSum sum) => sum.Add(frame.EncodedIn(this).Part);
}
