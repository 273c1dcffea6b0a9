using Siar.Auth;
using Siar.Hub;

namespace Siar.AspNetCore;

/// <summary>How a stream of the Mercure path speaks: by default exactly as the protocol says, with no word of our own.</summary>
internal sealed record MercureStyle : StreamStyle
{
    public required TokenDialect Dialect { get; init; }

    public required EventHub Hub { get; init; }

    /// <summary>The cursor as it was asked for; null where none was, empty where an empty one was.</summary>
    public string? AskedCursor { get; init; }

    /// <summary>Who is to know that the reader is there; null for nobody.</summary>
    public PresenceSession? Presence { get; init; }

    /// <inheritdoc />
    public override void SetHeaders(HttpContext context, Subscriber subscriber)
    {
        MercureHeaders.SetSecurity(context.Response);
        if (AskedCursor is null || (Dialect is TokenDialect.V0 && AskedCursor.Length == 0)) return;
        context.Response.Headers[Dialect is TokenDialect.V1 ? "Mercure-Last-Event-ID" : CursorReader.Header] = MercureHeaders.Encode(AnsweredCursor(subscriber, AskedCursor));
    }

    /// <inheritdoc />
    public override void OnAttached(Subscriber subscriber) => Presence?.Begin(subscriber);

    // [Mercure] "The id of the event preceding the first one that will be sent", or earliest where there is none.
    private string AnsweredCursor(Subscriber subscriber, string asked)
    {
        if (asked.Length == 0) return subscriber.Cursor == 0 ? MercureCursor.Earliest : Hub.IdAt(subscriber.Cursor).Value;
        return subscriber.Request.Start.Id.IsNone || subscriber.HadGap ? MercureCursor.Earliest : asked;
    }
}
