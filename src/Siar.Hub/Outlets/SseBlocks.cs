using System.Buffers;
using Siar.Wire;

namespace Siar.Hub;

/// <summary>The few blocks of server-sent events that are for one reader only. Keeps no state; may be used from any thread.</summary>
internal static class SseBlocks
{
    private static readonly EventType GapType = EventType.Parse("siar.gap");
    private static readonly EventType LiveType = EventType.Parse("siar.live");

    /// <summary>The first bytes of a stream: some at once, since a browser's <c>onopen</c> and some proxies wait for them.</summary>
    public static void WriteFirst(IBufferWriter<byte> writer, SseForm form)
    {
        writer.Write(SseComment.Empty);
        if (form.InitialRetry is { } retry) WriteRetry(writer, retry);
    }

    /// <summary>The time to wait before coming back. HTML Standard, 9.2.6: the line alone sets it; it joins the block that follows, if one does.</summary>
    public static void WriteRetry(IBufferWriter<byte> writer, int milliseconds)
    {
        // Much used clients hand the blank line after it to their user as an empty message.
        var block = writer.GetSpan(SseEncoder.MeasureRetry(milliseconds));
        writer.Advance(SseEncoder.WriteRetry(milliseconds, block) - 1);
    }

    /// <summary>A sign of life. With a cursor it is a block with only an <c>id</c>, which sets the reader's last event id.</summary>
    public static void WriteKeepAlive(IBufferWriter<byte> writer, EventId? cursor)
    {
        if (cursor is { } id) writer.Advance(SseEncoder.WriteIdOnly(id, writer.GetSpan(SseEncoder.MeasureIdOnly(id))));
        else writer.Write(SseComment.Empty);
    }

    public static void WriteGap(IBufferWriter<byte> writer, Gap gap) => WriteSignal(writer, GapType, gap.Resume, SignalJson.Gap(gap));

    public static void WriteLive(IBufferWriter<byte> writer, EventId cursor) => WriteSignal(writer, LiveType, cursor, "{}"u8);

    /// <summary>The last bytes: the time to wait before coming back, where one is given.</summary>
    public static void WriteEnd(IBufferWriter<byte> writer, int? retryMilliseconds)
    {
        if (retryMilliseconds is { } retry) WriteRetry(writer, retry);
    }

    private static void WriteSignal(IBufferWriter<byte> writer, EventType type, EventId id, ReadOnlySpan<byte> data)
    {
        var signal = new SseEvent { Type = type, Id = id, Data = data };
        writer.Advance(SseEncoder.WriteEvent(signal, writer.GetSpan(SseEncoder.MeasureEvent(signal))));
    }
}
