using System.Buffers;
using System.IO.Pipelines;
using Siar.Hub;
using Siar.Wire;

namespace Siar.AspNetCore;

/// <summary>Server-sent events on a response: copies of the shared frames, and the few blocks that are for one reader only.</summary>
/// <param name="writer">The response's writer.</param>
/// <param name="abort">Cuts the connection.</param>
/// <param name="takesSignals">Whether <c>siar.gap</c> and <c>siar.live</c> are sent.</param>
/// <param name="initialRetry">The <c>retry:</c> to begin with, in milliseconds; null for none.</param>
internal sealed class SseOutlet(PipeWriter writer, Action abort, bool takesSignals, int? initialRetry) : ResponseOutlet(writer, abort)
{
    private static readonly EventType GapType = EventType.Parse("siar.gap");
    private static readonly EventType LiveType = EventType.Parse("siar.live");

    public override bool TakesSignals => takesSignals;

    protected override void PutFirst()
    {
        Writer.Write(SseComment.Empty);
        if (initialRetry is { } retry) PutRetry(retry);
    }

    protected override void PutFrames(ReadOnlySpan<Frame> frames)
    {
        foreach (ref readonly var frame in frames) Writer.Write(frame.Payload);
    }

    protected override void PutKeepAlive(EventId? cursor)
    {
        if (cursor is { } id) Writer.Advance(SseEncoder.WriteIdOnly(id, Writer.GetSpan(SseEncoder.MeasureIdOnly(id))));
        else Writer.Write(SseComment.Empty);
    }

    protected override void PutGap(Gap gap) => PutSignal(GapType, gap.Resume, SignalJson.Gap(gap));

    protected override void PutLive(EventId cursor) => PutSignal(LiveType, cursor, "{}"u8);

    protected override void PutEnd(int? retryMilliseconds)
    {
        if (retryMilliseconds is { } retry) PutRetry(retry);
    }

    private void PutRetry(int milliseconds) =>
        Writer.Advance(SseEncoder.WriteRetry(milliseconds, Writer.GetSpan(SseEncoder.MeasureRetry(milliseconds))));

    private void PutSignal(EventType type, EventId id, ReadOnlySpan<byte> data)
    {
        var signal = new SseEvent { Type = type, Id = id, Data = data };
        Writer.Advance(SseEncoder.WriteEvent(signal, Writer.GetSpan(SseEncoder.MeasureEvent(signal))));
    }
}
