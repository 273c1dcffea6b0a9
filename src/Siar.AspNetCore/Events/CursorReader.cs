using System.Text;
using System.Text.Unicode;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.Options;
using Siar.Hub;
using Siar.Wire;

namespace Siar.AspNetCore;

/// <summary>Reads where a reader wants to go on.</summary>
internal sealed class CursorReader(IOptions<KestrelServerOptions> server)
{
    public const string Header = "Last-Event-ID";

    private static readonly string[] QueryNames = ["lastEventId", "last_event_id", "lastEventID"];

    /// <summary>
    /// The header beats the query: an <c>EventSource</c> that reconnects repeats its URL, and adds the header. A header that is there and empty is
    /// that of a reader whose id was lost on the way: where it takes signals it is told a gap, instead of beginning at the end in silence.
    /// </summary>
    public Refusal? Read(HttpRequest request, QueryFields query, bool takesSignals, out Cursor cursor)
    {
        cursor = Cursor.Now;
        if (FromQuery(query, out var text) is { } refusal) return refusal;
        var header = request.Headers[Header];
        if (header.Count > 1) return Refusal.Invalid($"The header {Header} stands more than once in the request: send it once.");
        if (header.Count == 1 && header[0] is { Length: > 0 } value) text = AsUtf8(value);

        if (string.IsNullOrEmpty(text))
        {
            if (header.Count == 1 && takesSignals) cursor = Cursor.After(default);
            return null;
        }

        if (text == EventRules.EarliestCursor)
        {
            cursor = Cursor.Earliest;
            return null;
        }

        if (!EventId.TryCreate(text, out var id, out var error)) return Refusal.Invalid($"The cursor cannot be an event's id. {error}");
        cursor = Cursor.After(id);
        return null;
    }

    /// <summary>The header's value as the client meant it; null where it is not there.</summary>
    public string? ReadHeader(HttpRequest request) => request.Headers.TryGetValue(Header, out var header) ? AsUtf8(header.ToString()) : null;

    private static Refusal? FromQuery(QueryFields query, out string? text)
    {
        text = null;
        foreach (var name in QueryNames)
        {
            if (query.One(name, out var value) is { } refusal) return refusal;
            if (value is null) continue;
            if (text is not null && text != value) return Refusal.Invalid($"The query has different cursors in '{name}' and another field: give one.");
            text = value;
        }

        return null;
    }

    // HTML Standard, 9.2.3: the header's value is the last event id, encoded as UTF-8. A server that was told to read headers as Latin-1
    // hands over one character for each byte.
    private string AsUtf8(string value)
    {
        if (Ascii.IsValid(value) || server.Value.RequestHeaderEncodingSelector(Header) is not { } encoding || encoding.CodePage != Encoding.Latin1.CodePage)
            return value;
        var bytes = Encoding.Latin1.GetBytes(value);
        return Utf8.IsValid(bytes) ? Encoding.UTF8.GetString(bytes) : value;
    }
}
