using System.Buffers;
using System.Diagnostics;
using Siar.Wire;

namespace Siar.Hub;

/// <summary>
/// Server-sent events. The form that nearly every reader takes: its frames are encoded as the events come, one behind the other in their block, so that
/// neighbours leave in one stretch.
/// </summary>
internal sealed class SseForm : StreamForm
{
    private static readonly EventType GapType = EventType.Parse("siar.gap");
    private static readonly EventType LiveType = EventType.Parse("siar.live");
    private static readonly EventType RevokedType = EventType.Parse("siar.revoked");

    private SseForm()
    {
    }

    public static SseForm Plain { get; } = new();

    public override EncodedFrame Encode(in Frame frame) => throw new UnreachableException("A frame's block holds it in this form.");

    public override void Write(in StreamBlock block, OutletFormat format, IBufferWriter<byte> writer, ref GzipSum sum)
    {
        switch (block.Kind)
        {
            case StreamBlockKind.First:
                writer.Write(SseComment.Empty);
                WriteRetry(writer, format.InitialRetry);
                break;
            case StreamBlockKind.KeepAlive when block.Cursor is { } id:
                // A block with only an id sets the reader's last event id.
                writer.Advance(SseEncoder.WriteIdOnly(id, writer.GetSpan(SseEncoder.MeasureIdOnly(id))));
                break;
            case StreamBlockKind.KeepAlive:
                writer.Write(SseComment.Empty);
                break;
            case StreamBlockKind.Gap:
                WriteSignal(writer, GapType, block.Gap!.Resume, SignalJson.Gap(block.Gap));
                break;
            case StreamBlockKind.Live:
                WriteSignal(writer, LiveType, block.Cursor!.Value, "{}"u8);
                break;
            case StreamBlockKind.Revoked:
                WriteSignal(writer, RevokedType, default, SignalJson.Revoked(block.Signal!));
                break;
            case StreamBlockKind.End:
                WriteRetry(writer, block.RetryMilliseconds);
                break;
        }
    }

    // HTML Standard, 9.2.6: the line alone sets the time to wait before coming back; it joins the block that follows, if one does.
    private static void WriteRetry(IBufferWriter<byte> writer, int? milliseconds)
    {
        if (milliseconds is not { } retry) return;

        // Much used clients hand the blank line after it to their user as an empty message.
        writer.Advance(SseEncoder.WriteRetry(retry, writer.GetSpan(SseEncoder.MeasureRetry(retry))) - 1);
    }

    private static void WriteSignal(IBufferWriter<byte> writer, EventType type, EventId id, ReadOnlySpan<byte> data)
    {
        var signal = new SseEvent { Type = type, Id = id, Data = data };
        writer.Advance(SseEncoder.WriteEvent(signal, writer.GetSpan(SseEncoder.MeasureEvent(signal))));
    }
}
