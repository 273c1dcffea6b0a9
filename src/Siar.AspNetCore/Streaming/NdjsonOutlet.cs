using System.Buffers;
using System.IO.Pipelines;
using System.Text.Json;
using Siar.Hub;
using Siar.Wire;

namespace Siar.AspNetCore;

/// <summary>
/// One JSON object a line, for scripts: events, gaps as <c>{"signal":"gap",…}</c>, and for a reader that has asked for signals
/// <c>{"signal":"live"|"closed"|"cursor"|"retry",…}</c>. An empty line, first of all and as a keep-alive, says nothing; a keep-alive that moves the
/// reader's cursor is a <c>cursor</c> signal with the <c>id</c>.
/// </summary>
/// <param name="writer">The response's writer.</param>
/// <param name="abort">Cuts the connection.</param>
/// <param name="takesSignals">Whether the reader has asked for signals.</param>
internal sealed class NdjsonOutlet(PipeWriter writer, Action abort, bool takesSignals) : ResponseOutlet(writer, abort)
{
    private readonly Utf8JsonWriter _json = new(writer, EventJson.WriterOptions);

    public override bool TakesSignals => takesSignals;

    public override bool TakesGaps => true;

    protected override void PutFirst() => EndLine();

    protected override void PutFrames(ReadOnlySpan<Frame> frames)
    {
        foreach (ref readonly var frame in frames)
        {
            if (frame.Event.Content.IsClosing) PutClosed(frame.Event);
            else EventJson.Write(_json, frame.Event);
            EndObject();
        }
    }

    protected override void PutKeepAlive(EventId? cursor)
    {
        if (cursor is { } id) PutSignal("cursor"u8, id);
        else EndLine();
    }

    protected override void PutGap(Gap gap)
    {
        BeginSignal("gap"u8);
        SignalJson.WriteGapMembers(_json, gap);
        _json.WriteString("id"u8, gap.Resume.Value);
        _json.WriteEndObject();
        EndObject();
    }

    protected override void PutLive(EventId cursor) => PutSignal("live"u8, cursor);

    protected override void PutEnd(int? retryMilliseconds)
    {
        if (retryMilliseconds is not { } retry || !takesSignals) return;
        BeginSignal("retry"u8);
        _json.WriteNumber("milliseconds"u8, retry);
        _json.WriteEndObject();
        EndObject();
    }

    private void PutClosed(LoggedEvent closing)
    {
        BeginSignal("closed"u8);
        _json.WriteString("topic"u8, closing.Content.Topics[0].Value);
        _json.WriteString("id"u8, closing.Id.Value);
        _json.WriteEndObject();
    }

    private void PutSignal(ReadOnlySpan<byte> name, EventId id)
    {
        BeginSignal(name);
        _json.WriteString("id"u8, id.Value);
        _json.WriteEndObject();
        EndObject();
    }

    private void BeginSignal(ReadOnlySpan<byte> name)
    {
        _json.WriteStartObject();
        _json.WriteString("signal"u8, name);
    }

    private void EndObject()
    {
        _json.Flush();
        _json.Reset();
        EndLine();
    }

    private void EndLine() => Writer.Write("\n"u8);
}
