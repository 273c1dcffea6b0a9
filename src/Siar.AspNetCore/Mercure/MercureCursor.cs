using Siar.Hub;
using Siar.Wire;

namespace Siar.AspNetCore;

/// <summary>Reads where a subscriber of the Mercure path wants to go on, under every name that a client of either dialect gives it.</summary>
internal static class MercureCursor
{
    public const string Earliest = EventRules.EarliestCursor;

    private static readonly string[] NamesOfV1 = ["last_event_id", "lastEventId", "lastEventID"];
    private static readonly string[] NamesOfV0 = ["lastEventID", "Last-Event-ID", "lastEventId", "last_event_id"];

    /// <summary>Reads it. The header wins; of the fields the first that is not empty.</summary>
    /// <param name="header">The header's value; null where it is not there.</param>
    /// <param name="fields">The fields, those of the query first.</param>
    /// <param name="isV1">The dialect.</param>
    /// <param name="asked">The cursor as text; null where none was given, empty where an empty one was.</param>
    public static Cursor Read(string? header, FormFields fields, bool isV1, out string? asked)
    {
        asked = header;
        foreach (var name in isV1 ? NamesOfV1 : NamesOfV0)
        {
            if (string.IsNullOrEmpty(asked)) asked = fields.First(name) ?? asked;
        }

        if (string.IsNullOrEmpty(asked)) return Cursor.Now;
        // What cannot be an id is one that is not known: the reader gets what is kept, and is told so.
        return asked != Earliest && EventId.TryCreate(asked, out var id, out _) ? Cursor.After(id) : Cursor.Earliest;
    }
}
