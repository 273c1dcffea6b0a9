using System.Text;
using System.Text.Unicode;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.Options;
using Siar.Hub;
using Siar.Wire;

namespace Siar.AspNetCore;

/// <summary>Reads from a request where a reader wants to go on. What is wrong is noted on the fields.</summary>
internal sealed class CursorInput(IOptions<KestrelServerOptions> server)
{
    public const string Header = "Last-Event-ID";

    public const string Earliest = EventRules.EarliestCursor;

    private static readonly string[] QueryNames = ["lastEventId", "last_event_id", "lastEventID"];
    private static readonly string[] MercureNamesOfV1 = ["last_event_id", "lastEventId", "lastEventID"];
    private static readonly string[] MercureNamesOfV0 = ["lastEventID", "Last-Event-ID", "lastEventId", "last_event_id"];

    /// <summary>
    /// Reads it on the plain API. The header beats the query: an <c>EventSource</c> that reconnects repeats its URL, and adds the header. A header that is
    /// there and empty is that of a reader whose id was lost on the way: where it takes signals it is told a gap, instead of beginning at the end in silence.
    /// </summary>
    public Cursor ReadPlain(HttpRequest request, RequestFields fields, bool takesSignals)
    {
        var text = FromQuery(fields);
        var isInHeader = request.Headers.TryGetValue(Header, out var header);
        CheckHeader(request, fields);
        if (isInHeader && header.ToString() is { Length: > 0 } value) text = AsUtf8(value);

        if (string.IsNullOrEmpty(text)) return isInHeader && takesSignals ? Cursor.After(default) : Cursor.Now;
        if (text == Earliest) return Cursor.Earliest;
        if (EventId.TryCreate(text, out var id, out var error)) return Cursor.After(id);
        fields.Refuse(Refusal.Invalid($"The cursor cannot be an event's id. {error}"));
        return Cursor.Now;
    }

    /// <summary>
    /// Reads it on the Mercure path, under every name that a client of either dialect gives it. The header wins; of the fields the first that is not empty.
    /// </summary>
    /// <param name="request">The request.</param>
    /// <param name="fields">The fields, those of the query first.</param>
    /// <param name="isV1">The dialect.</param>
    /// <param name="asked">The cursor as text; null where none was given, empty where an empty one was.</param>
    public Cursor ReadMercure(HttpRequest request, RequestFields fields, bool isV1, out string? asked)
    {
        CheckHeader(request, fields);
        asked = request.Headers.TryGetValue(Header, out var header) ? AsUtf8(header.ToString()) : null;
        foreach (var name in isV1 ? MercureNamesOfV1 : MercureNamesOfV0)
        {
            if (string.IsNullOrEmpty(asked)) asked = fields.First(name) ?? asked;
        }

        if (string.IsNullOrEmpty(asked)) return Cursor.Now;
        // What cannot be an id is one that is not known: the reader gets what is kept, and is told so.
        return asked != Earliest && EventId.TryCreate(asked, out var id, out _) ? Cursor.After(id) : Cursor.Earliest;
    }

    private static void CheckHeader(HttpRequest request, RequestFields fields)
    {
        if (request.Headers[Header].Count > 1) fields.Refuse(Refusal.Invalid($"The header {Header} stands more than once in the request: send it once."));
    }

    private static string? FromQuery(RequestFields fields)
    {
        string? text = null;
        foreach (var name in QueryNames)
        {
            if (fields.One(name) is not { } value) continue;
            if (text is not null && text != value) fields.Refuse(Refusal.Invalid($"The query has different cursors in '{name}' and another field: give one."));
            text = value;
        }

        return text;
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
