using System.Buffers;
using System.Text;
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

    /// <summary>A sign of life. With a cursor it is a block with only an <c>id</c>, which sets the reader's last event id.</summary>
    public static void WriteKeepAlive(IBufferWriter<byte> writer, SseForm form, EventId? cursor)
    {
        // Some clients of the Mercure path take a block without data for an event: only who knows signals gets one.
        if (cursor is { } id && form.TakesSignals) writer.Advance(SseEncoder.WriteIdOnly(id, writer.GetSpan(SseEncoder.MeasureIdOnly(id))));
        else writer.Write(SseComment.Empty);
    }

    public static void WriteGap(IBufferWriter<byte> writer, Gap gap) => WriteSignal(writer, GapType, gap.Resume, SignalJson.Gap(gap));

    public static void WriteLive(IBufferWriter<byte> writer, EventId cursor) => WriteSignal(writer, LiveType, cursor, "{}"u8);

    /// <summary>The last bytes: the time to wait before coming back, where one is given.</summary>
    public static void WriteEnd(IBufferWriter<byte> writer, SseForm form, int? retryMilliseconds)
    {
        if (retryMilliseconds is not { } retry) return;
        if (form.TakesSignals) WriteRetry(writer, retry);
        // The line alone sets the time; the blank line after it would be an event to some clients.
        else writer.Write(Encoding.ASCII.GetBytes($"retry: {retry}\n"));
    }

    private static void WriteRetry(IBufferWriter<byte> writer, int milliseconds) =>
        writer.Advance(SseEncoder.WriteRetry(milliseconds, writer.GetSpan(SseEncoder.MeasureRetry(milliseconds))));

    private static void WriteSignal(IBufferWriter<byte> writer, EventType type, EventId id, ReadOnlySpan<byte> data)
    {
        var signal = new SseEvent { Type = type, Id = id, Data = data };
        writer.Advance(SseEncoder.WriteEvent(signal, writer.GetSpan(SseEncoder.MeasureEvent(signal))));
    }
}
