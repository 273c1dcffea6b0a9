using System.Buffers;
using System.IO.Pipelines;
using Siar.Hub;
using Siar.Wire;

namespace Siar.AspNetCore;

/// <summary>Server-sent events on a response: copies of the shared frames, and the few blocks that are for one reader only.</summary>
/// <param name="writer">The response's writer.</param>
/// <param name="abort">Cuts the connection.</param>
/// <param name="form">How the reader is spoken to.</param>
/// <param name="translation">Puts some events into the reader's own dialect; null where all go out as they are, and wherever the form is gzip.</param>
internal sealed class SseOutlet(PipeWriter writer, Action abort, SseForm form, FrameTranslation? translation) : ResponseOutlet(writer, abort)
{
    private GzipSum _sum;

    public override bool TakesSignals => form.TakesSignals;

    public override bool TakesGaps => form.TakesGaps;

    protected override void PutFirst()
    {
        if (form.IsGzip) Writer.Write(GzipBlocks.Header);
        var buffer = Begin();
        SseBlocks.WriteFirst(buffer, form);
        End(buffer);
    }

    protected override void PutFrames(ReadOnlySpan<Frame> frames)
    {
        if (form.IsGzip) PutCompressed(frames);
        else if (translation is not null) PutTranslated(frames, translation);
        else foreach (ref readonly var frame in frames) Writer.Write(frame.Payload);
    }

    protected override void PutKeepAlive(EventId? cursor)
    {
        var buffer = Begin();
        SseBlocks.WriteKeepAlive(buffer, cursor);
        End(buffer);
    }

    protected override void PutGap(Gap gap)
    {
        var buffer = Begin();
        SseBlocks.WriteGap(buffer, gap);
        End(buffer);
    }

    protected override void PutLive(EventId cursor)
    {
        var buffer = Begin();
        SseBlocks.WriteLive(buffer, cursor);
        End(buffer);
    }

    protected override void PutEnd(int? retryMilliseconds)
    {
        var buffer = Begin();
        SseBlocks.WriteEnd(buffer, retryMilliseconds);
        End(buffer);
        if (!form.IsGzip) return;
        _sum.WriteEnd(Writer.GetSpan(GzipBlocks.EndLength));
        Writer.Advance(GzipBlocks.EndLength);
    }

    // The response itself, or what becomes a block of its gzip stream.
    private IBufferWriter<byte> Begin() => form.IsGzip ? StoredBlock.Begin() : Writer;

    private void End(IBufferWriter<byte> buffer)
    {
        if (form.IsGzip) StoredBlock.End((ArrayBufferWriter<byte>)buffer, Writer, ref _sum);
    }

    private void PutCompressed(ReadOnlySpan<Frame> frames)
    {
        foreach (ref readonly var frame in frames)
        {
            var compressed = frame.Gzip(form.GzipFrom);
            Writer.Write(compressed.Payload);
            _sum.Add(compressed.Part);
        }
    }

    private void PutTranslated(ReadOnlySpan<Frame> frames, FrameTranslation dialect)
    {
        foreach (ref readonly var frame in frames) Writer.Write(dialect.TryTranslate(frame.Event, out var payload) ? payload.Span : frame.Payload);
    }
}
