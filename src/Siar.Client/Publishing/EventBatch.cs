using System.Buffers;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace Siar.Client;

/// <summary>Events on their way to a hub, as lines of JSON.</summary>
internal sealed class EventBatch
{
    private const int MaxEvents = 500;
    private const int MaxBytes = 1 << 20;

    private static readonly JsonWriterOptions Options = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    private readonly ArrayBufferWriter<byte> _body = new();
    private readonly List<int> _ends = [];

    public int Count => _ends.Count;

    /// <summary>Whether it has as much as one request should carry, well below what a hub takes unless it is told to take less.</summary>
    public bool IsFull => Count >= MaxEvents || _body.WrittenCount >= MaxBytes;

    public void Clear()
    {
        _body.ResetWrittenCount();
        _ends.Clear();
    }

    public void Add(OutgoingEvent content)
    {
        using (var json = new Utf8JsonWriter(_body, Options))
        {
            json.WriteStartObject();
            json.WriteStartArray("topics"u8);
            foreach (var topic in content.Topics) json.WriteStringValue(topic);
            json.WriteEndArray();
            json.WriteString("data"u8, content.Data.Span);
            if (content.Type is { } type) json.WriteString("type"u8, type);
            if (content.Id is { } id) json.WriteString("id"u8, id);
            if (content.Key is { } key) json.WriteString("key"u8, key);
            if (content.Retry is { } retry) json.WriteNumber("retry"u8, (int)retry.TotalMilliseconds);
            if (content.IsPrivate) json.WriteBoolean("private"u8, true);
            json.WriteEndObject();
        }

        _body.Write("\n"u8);
        _ends.Add(_body.WrittenCount);
    }

    /// <summary>The bytes of some of the events.</summary>
    public ReadOnlyMemory<byte> Body(int first, int count)
    {
        var start = first == 0 ? 0 : _ends[first - 1];
        return _body.WrittenMemory[start.._ends[first + count - 1]];
    }
}
