using System.Buffers;
using System.IO.Pipelines;
using Siar.Hub;
using Siar.Wire;

namespace Siar.AspNetCore;

/// <summary>Server-sent events on a response: copies of the shared frames, and the few blocks that are for one reader only.</summary>
/// <param name="writer">The response's writer.</param>
/// <param name="abort">Cuts the connection.</param>
/// <param name="style">How the reader is spoken to.</param>
internal sealed class SseOutlet(PipeWriter writer, Action abort, StreamStyle style) : ResponseOutlet(writer, abort)
{
    private readonly SseForm _form = style.Form;
    private readonly FrameTranslation? _translation = style.Translation;

    public override bool TakesSignals => _form.TakesSignals;

    protected override void PutFirst() => SseBlocks.WriteFirst(Writer, _form);

    protected override void PutFrames(ReadOnlySpan<Frame> frames)
    {
        if (_translation is not null) PutTranslated(frames, _translation);
        else foreach (ref readonly var frame in frames) Writer.Write(frame.Payload);
    }

    protected override void PutKeepAlive(EventId? cursor) => SseBlocks.WriteKeepAlive(Writer, _form, cursor);

    protected override void PutGap(Gap gap) => SseBlocks.WriteGap(Writer, gap);

    protected override void PutLive(EventId cursor) => SseBlocks.WriteLive(Writer, cursor);

    protected override void PutEnd(int? retryMilliseconds) => SseBlocks.WriteEnd(Writer, _form, retryMilliseconds);

    private void PutTranslated(ReadOnlySpan<Frame> frames, FrameTranslation translation)
    {
        foreach (ref readonly var frame in frames) Writer.Write(translation.TryTranslate(frame.Event, out var payload) ? payload.Span : frame.Payload);
    }
}
