using System.Text.Encodings.Web;
using System.Text.Json;
using Siar.Wire;

namespace Siar.Tool;

/// <summary>Prints what a stream brings, and keeps what the next connection needs to know.</summary>
internal sealed class EventPrinter(Stream output, EventFormat format, long? count, Notes notes) : ISseHandler
{
    private static readonly JsonWriterOptions JsonOptions = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>Events printed; the hub's signals are none.</summary>
    public long Printed { get; private set; }

    /// <summary>Whether as many events were printed as were asked for.</summary>
    public bool IsDone => Printed >= count;

    /// <summary>What the hub has last said about when to come back; null where it has not.</summary>
    public TimeSpan? Retry { get; private set; }

    private static ReadOnlySpan<byte> SignalPrefix => "siar."u8;

    public void OnEvent(in SseMessage message)
    {
        // More can be in the bytes that brought the last one.
        if (IsDone) return;
        var isSignal = message.Type.StartsWith(SignalPrefix);
        if (message.Type.SequenceEqual("siar.gap"u8))
            notes.Warn($"events that were asked for are gone from the hub, here is a gap: {message.DecodeData()}");
        Print(message, isSignal);
        if (!isSignal) Printed++;
    }

    public void OnRetry(int milliseconds) => Retry = TimeSpan.FromMilliseconds(milliseconds);

    private void Print(in SseMessage message, bool isSignal)
    {
        if (format is EventFormat.Json) PrintJson(message, isSignal);
        else if (format is EventFormat.Sse) PrintFields(message);
        else if (!isSignal) PrintLine(message.Data);
    }

    private void PrintFields(in SseMessage message)
    {
        if (!message.Type.SequenceEqual("message"u8)) PrintField("event: "u8, message.Type);
        if (!message.LastEventId.IsEmpty) PrintField("id: "u8, message.LastEventId);
        foreach (var range in message.Data.Split((byte)'\n')) PrintField("data: "u8, message.Data[range]);
        output.WriteByte((byte)'\n');
    }

    private void PrintField(ReadOnlySpan<byte> name, ReadOnlySpan<byte> value)
    {
        output.Write(name);
        PrintLine(value);
    }

    private void PrintLine(ReadOnlySpan<byte> text)
    {
        output.Write(text);
        output.WriteByte((byte)'\n');
    }

    /// <summary>Signals as on the hub's own stream of JSON lines: their name in <c>signal</c>, and what they say beside it.</summary>
    private void PrintJson(in SseMessage message, bool isSignal)
    {
        using (var json = new Utf8JsonWriter(output, JsonOptions))
        {
            json.WriteStartObject();
            if (isSignal) json.WriteString("signal"u8, SseText.Decode(message.Type[SignalPrefix.Length..]));
            if (!message.LastEventId.IsEmpty) json.WriteString("id"u8, message.DecodeLastEventId());
            if (isSignal)
            {
                WriteMembers(json, message.Data);
            }
            else
            {
                if (!message.Type.SequenceEqual("message"u8)) json.WriteString("type"u8, message.DecodeType());
                json.WriteString("data"u8, message.DecodeData());
            }

            json.WriteEndObject();
        }

        output.WriteByte((byte)'\n');
    }

    private static void WriteMembers(Utf8JsonWriter json, ReadOnlySpan<byte> data)
    {
        try
        {
            var signal = JsonElement.Parse(data);
            if (signal.ValueKind is not JsonValueKind.Object) return;
            foreach (var member in signal.EnumerateObject()) member.WriteTo(json);
        }
        catch (JsonException)
        {
            // Somebody else's signal: its name is all that can be told.
        }
    }
}
