using System.Buffers;
using System.Text.Json;
using Siar.Hub;
using Siar.Wire;

namespace Siar.AspNetCore;

/// <summary>
/// One JSON object a line, for scripts: events, gaps as <c>{"signal":"gap",…}</c>, and for a reader that has asked for signals
/// <c>{"signal":"live"|"closed"|"cursor"|"revoked"|"retry",…}</c>. An empty line, first of all and as a keep-alive, says nothing; a keep-alive that moves the
/// reader's cursor is a <c>cursor</c> signal with the <c>id</c>.
/// </summary>
internal sealed class NdjsonForm : StreamForm
{
    private NdjsonForm()
    {
    }

    public static NdjsonForm Lines { get; } = new();

    public override EncodedFrame Encode(in Frame frame) => new(Line(frame.Event, static (json, logged) =>
    {
        if (logged.Content.IsClosing) WriteSignal(json, "closed"u8, logged.Id, logged.Content.Topics[0].Value);
        else EventJson.Write(json, logged);
    }));

    public override void Write(in StreamBlock block, OutletFormat format, IBufferWriter<byte> writer, ref GzipSum sum)
    {
        switch (block.Kind)
        {
            case StreamBlockKind.First:
            case StreamBlockKind.KeepAlive when block.Cursor is null:
                writer.Write("\n"u8);
                break;
            case StreamBlockKind.KeepAlive:
                writer.Write(Line(block.Cursor.Value, static (json, id) => WriteSignal(json, "cursor"u8, id)));
                break;
            case StreamBlockKind.Live:
                writer.Write(Line(block.Cursor!.Value, static (json, id) => WriteSignal(json, "live"u8, id)));
                break;
            case StreamBlockKind.Gap:
                writer.Write(Line(block.Gap!, WriteGap));
                break;
            case StreamBlockKind.Revoked:
                writer.Write(Line(block.Signal!, WriteRevoked));
                break;
            case StreamBlockKind.End when block.RetryMilliseconds is { } retry && format.TakesSignals:
                writer.Write(Line(retry, WriteRetry));
                break;
        }
    }

    private static ReadOnlySpan<byte> Line<TState>(TState state, Action<Utf8JsonWriter, TState> write) => EventJson.WriteLine(state, write);

    private static void WriteSignal(Utf8JsonWriter json, ReadOnlySpan<byte> name, EventId id, string? topic = null)
    {
        json.WriteStartObject();
        json.WriteString("signal"u8, name);
        if (topic is not null) json.WriteString("topic"u8, topic);
        json.WriteString("id"u8, id.Value);
        json.WriteEndObject();
    }

    private static void WriteGap(Utf8JsonWriter json, Gap gap)
    {
        json.WriteStartObject();
        json.WriteString("signal"u8, "gap"u8);
        SignalJson.WriteGapMembers(json, gap);
        json.WriteString("id"u8, gap.Resume.Value);
        json.WriteEndObject();
    }

    private static void WriteRevoked(Utf8JsonWriter json, RevokedSignal signal)
    {
        json.WriteStartObject();
        json.WriteString("signal"u8, "revoked"u8);
        SignalJson.WriteRevokedMembers(json, signal);
        json.WriteEndObject();
    }

    private static void WriteRetry(Utf8JsonWriter json, int milliseconds)
    {
        json.WriteStartObject();
        json.WriteString("signal"u8, "retry"u8);
        json.WriteNumber("milliseconds"u8, milliseconds);
        json.WriteEndObject();
    }
}
