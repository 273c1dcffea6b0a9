using System.Net;
using System.Text;

namespace Siar.Client;

/// <summary>
/// Tells a server the place to go on from where the header <c>Last-Event-ID</c> would not bring it unchanged: in the query, as <c>lastEventId</c>, which a hub
/// takes as well.
/// </summary>
internal static class ResumeAddress
{
    private const string Name = "lastEventId";

    // A hub takes the first that it finds.
    private static readonly HashSet<string> Names = new(StringComparer.Ordinal) { Name, "last_event_id", "lastEventID" };

    /// <summary>RFC 9110, section 5.5: a field's value has no control character but the tab, and blanks at its ends do not count.</summary>
    public static bool IsHeaders(ReadOnlySpan<byte> id)
    {
        if (id.IsEmpty || id[0] is (byte)' ' or (byte)'\t' || id[^1] is (byte)' ' or (byte)'\t') return false;
        foreach (var one in id)
        {
            if (one is < 0x20 and not (byte)'\t' or 0x7f) return false;
        }

        return true;
    }

    /// <summary>
    /// A sentence that says why no event's id can be this; null where one can. An id that may not be published any more, with blanks at its ends, may stand in a log
    /// from before.
    /// </summary>
    public static string? Check(string id)
    {
        if (id.AsSpan().IndexOfAny('\r', '\n', '\0') >= 0) return "The last event id holds a carriage return, a line feed or a NUL, which no event's id can.";
        return id.EnumerateRunes().Contains(Rune.ReplacementChar) && !id.Contains('\uFFFD') ? "The last event id holds a lone surrogate: it is not Unicode text." : null;
    }

    /// <summary>The address with the place in its query. What else stands in it stays as it was written.</summary>
    public static Uri Of(Uri url, IdBytes id)
    {
        var query = new StringBuilder();
        foreach (var pair in url.Query.TrimStart('?').Split('&', StringSplitOptions.RemoveEmptyEntries))
        {
            if (!Names.Contains(WebUtility.UrlDecode(pair.Split('=', 2)[0]))) query.Append(pair).Append('&');
        }

        query.Append(Name).Append('=').Append(Uri.EscapeDataString(id.ToString()));
        return new UriBuilder(url) { Query = query.ToString() }.Uri;
    }
}
