using Microsoft.Net.Http.Headers;

namespace Siar.AspNetCore;

/// <summary>The forms in which a reader can have events.</summary>
internal enum Representation
{
    /// <summary>A stream of server-sent events, the default.</summary>
    ServerSentEvents,

    /// <summary>A stream of lines of JSON.</summary>
    Ndjson,

    /// <summary>One page of JSON.</summary>
    Page,
}

/// <summary>Chooses a representation by the request's <c>Accept</c> (RFC 9110, 12.5.1).</summary>
internal static class Negotiation
{
    public const string EventStream = "text/event-stream";
    public const string Ndjson = "application/x-ndjson";
    public const string Json = "application/json";

    private static readonly MediaTypeHeaderValue[] Offered = [new(EventStream), new(Ndjson), new(Json)];

    /// <summary>Chooses; where the request accepts nothing that there is, that is noted on its fields.</summary>
    public static Representation Choose(HttpRequest request, RequestFields fields)
    {
        // RFC 9110, 12.5.1: without the field any media type will do. What cannot be read as one is taken for none at all.
        if (!MediaTypeHeaderValue.TryParseList(request.Headers.Accept, out var accepted) || accepted.Count == 0) return Representation.ServerSentEvents;

        var best = 0.0;
        var chosen = Representation.ServerSentEvents;
        for (var i = 0; i < Offered.Length; i++)
        {
            var quality = QualityOf(Offered[i], accepted);
            if (quality <= best) continue;
            best = quality;
            chosen = (Representation)i;
        }

        if (best == 0)
        {
            fields.Refuse(new Refusal(StatusCodes.Status406NotAcceptable, RefusalReason.NotAcceptable,
                $"Events come as {EventStream}, {Ndjson} or {Json}; the request accepts none of them."));
        }

        return chosen;
    }

    /// <summary>Whether a request takes one media type; without the field, or with one that cannot be read, it takes any.</summary>
    public static bool Accepts(HttpRequest request, string mediaType) =>
        !MediaTypeHeaderValue.TryParseList(request.Headers.Accept, out var accepted) || accepted.Count == 0
            || QualityOf(new MediaTypeHeaderValue(mediaType), accepted) > 0;

    // "The most specific reference has precedence": type/subtype, then type/*, then */*.
    private static double QualityOf(MediaTypeHeaderValue offered, IList<MediaTypeHeaderValue> accepted)
    {
        var quality = 0.0;
        var specificity = -1;
        foreach (var range in accepted)
        {
            var level = range.MatchesAllTypes ? 0 : range.MatchesAllSubTypes ? 1 : 2;
            if (level <= specificity || !Matches(range, offered, level)) continue;
            specificity = level;
            quality = range.Quality ?? 1;
        }

        return quality;
    }

    private static bool Matches(MediaTypeHeaderValue range, MediaTypeHeaderValue offered, int level) => level switch
    {
        0 => true,
        1 => range.Type.Equals(offered.Type, StringComparison.OrdinalIgnoreCase),
        _ => range.MediaType.Equals(offered.MediaType, StringComparison.OrdinalIgnoreCase),
    };
}
