using System.Buffers;
using System.IO.Pipelines;
using System.Text;
using Siar.Hub;
using Siar.Wire;

namespace Siar.AspNetCore;

/// <summary>Server-sent events on a response: copies of the shared frames, and the few blocks that are for one reader only.</summary>
/// <param name="writer">The response's writer.</param>
/// <param name="abort">Cuts the connection.</param>
/// <param name="style">How the reader is spoken to.</param>
internal sealed class SseOutlet(PipeWriter writer, Action abort, StreamStyle style) : ResponseOutlet(writer, abort)
{
    private static readonly EventType GapType = EventType.Parse("siar.gap");
    private static readonly EventType LiveType = EventType.Parse("siar.live");

    public override bool TakesSignals => style.TakesSignals;

    protected override void PutFirst()
    {
        Writer.Write(SseComment.Empty);
        if (style.InitialRetry is { } retry) PutRetry(retry);
    }

    protected override void PutFrames(ReadOnlySpan<Frame> frames)
    {
        if (style.Translation is { } translation) PutTranslated(frames, translation);
        else foreach (ref readonly var frame in frames) Writer.Write(frame.Payload);
    }

    protected override void PutKeepAlive(EventId? cursor)
    {
        // Some clients of the Mercure path take a block without data for an event: only who knows signals gets one.
        if (cursor is { } id && style.TakesSignals) Writer.Advance(SseEncoder.WriteIdOnly(id, Writer.GetSpan(SseEncoder.MeasureIdOnly(id))));
        else Writer.Write(SseComment.Empty);
    }

    protected override void PutGap(Gap gap) => PutSignal(GapType, gap.Resume, SignalJson.Gap(gap));

    protected override void PutLive(EventId cursor) => PutSignal(LiveType, cursor, "{}"u8);

    protected override void PutEnd(int? retryMilliseconds)
    {
        if (retryMilliseconds is not { } retry) return;
        if (style.TakesSignals) PutRetry(retry);
        // The line alone sets the time; the blank line after it would be an event to some clients.
        else Writer.Write(Encoding.ASCII.GetBytes($"retry: {retry}\n"));
    }

    private void PutTranslated(ReadOnlySpan<Frame> frames, FrameTranslation translation)
    {
        foreach (ref readonly var frame in frames) Writer.Write(translation.TryTranslate(frame.Event, out var payload) ? payload.Span : frame.Payload);
    }

    private void PutRetry(int milliseconds) =>
        Writer.Advance(SseEncoder.WriteRetry(milliseconds, Writer.GetSpan(SseEncoder.MeasureRetry(milliseconds))));

    private void PutSignal(EventType type, EventId id, ReadOnlySpan<byte> data)
    {
        var signal = new SseEvent { Type = type, Id = id, Data = data };
        Writer.Advance(SseEncoder.WriteEvent(signal, Writer.GetSpan(SseEncoder.MeasureEvent(signal))));
    }
}
