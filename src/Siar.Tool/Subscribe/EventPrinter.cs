using System.Text.Encodings.Web;
using System.Text;
using System.Text.Json;
using Siar.Client;

namespace Siar.Tool;

/// <summary>Prints what a stream brings.</summary>
internal sealed class EventPrinter(Stream output, EventFormat format, long? count, ConsoleMessages messages)
{
    private const string SignalPrefix = "siar.";

    private static readonly JsonWriterOptions JsonOptions = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>Events printed; the hub's signals are none.</summary>
    public long Printed { get; private set; }

    /// <summary>Whether as many events were printed as were asked for.</summary>
    public bool IsDone => Printed >= count;

    public void Print(in StreamItem<byte[]> item)
    {
        if (item.Gap is { } gap) messages.Warn($"events that were asked for are gone from the hub, here is a gap: {gap}");
        var data = item.Data ?? Encoding.UTF8.GetBytes(item.SignalJson ?? "");
        if (format is EventFormat.Json) PrintJson(item, data);
        else if (format is EventFormat.Sse) PrintFields(item, data);
        else if (item.IsEvent) PrintLine(data);
        if (item.IsEvent) Printed++;
    }

    private void PrintFields(in StreamItem<byte[]> item, ReadOnlySpan<byte> data)
    {
        var id = item.LastEventId;
        if (item.Type != "message") PrintField("event: "u8, Encoding.UTF8.GetBytes(item.Type));
        if (id.Length > 0) PrintField("id: "u8, Encoding.UTF8.GetBytes(id));
        foreach (var range in data.Split((byte)'\n')) PrintField("data: "u8, data[range]);
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
    private void PrintJson(in StreamItem<byte[]> item, ReadOnlySpan<byte> data)
    {
        var id = item.LastEventId;
        using (var json = new Utf8JsonWriter(output, JsonOptions))
        {
            json.WriteStartObject();
            if (!item.IsEvent) json.WriteString("signal"u8, item.Type.AsSpan(SignalPrefix.Length));
            if (id.Length > 0) json.WriteString("id"u8, id);
            if (item.IsEvent)
            {
                if (item.Type != "message") json.WriteString("type"u8, item.Type);
                // What is not UTF-8 would stop the writer: it becomes text as a reader of the stream sees it.
                json.WriteString("data"u8, Encoding.UTF8.GetString(data));
            }
            else
            {
                WriteMembers(json, data);
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
