using System.Globalization;
using System.Text.Json;
using Microsoft.Extensions.Options;
using Microsoft.Net.Http.Headers;
using Siar.Auth;
using Siar.Hub;
using Siar.Topics;

namespace Siar.AspNetCore;

/// <summary>
/// Tells who is subscribed: <c>…/subscriptions</c>, and below it those of one matcher and a single one. The caller needs a grant to subscribe to
/// the path that is asked for, as a topic.
/// </summary>
internal sealed class SubscriptionsEndpoint(EventHub hub, AccessResolver resolver, HubUrl url, Presence presence, RefusalResponse refusals, IOptions<SiarOptions> options)
{
    private const int ItemsPerFlush = 256;
    private const string After = "after";
    private static readonly Refusal Unknown = new(StatusCodes.Status404NotFound, RefusalReason.Invalid, "Not Found");

    public async Task HandleAsync(HttpContext context)
    {
        MercureHeaders.SetSecurity(context.Response);
        var decision = await resolver.ResolveAsync(context);
        var dialect = decision.Dialect ?? TokenDialect.V1;
        var fields = new RequestFields();
        var rest = RawTopic.ReadRaw(context, fields);
        var selector = SubscriptionSelector.Read(rest, dialect, fields);
        var path = url.Path + PresenceTopics.Segment + (rest is null ? "" : "/" + rest);
        var after = ReadAfter(context.Request, fields);
        var refusal = decision.Refusal ?? fields.Refusal ?? CheckGrant(context, decision.Access!, path, dialect) ?? await AnswerAsync(context, path, selector, dialect, after);
        if (refusal is not null) await refusals.SendMercureAsync(context, refusal, dialect);
    }

    // [Mercure] "Paging is implementation-defined": the number of the connection after which the list goes on.
    private static long ReadAfter(HttpRequest request, RequestFields fields)
    {
        if (request.Query[After] is not { Count: > 0 } given) return 0;
        if (given.Count == 1 && long.TryParse(given[0], NumberStyles.None, CultureInfo.InvariantCulture, out var after)) return after;
        fields.Refuse(Refusal.Invalid("The parameter 'after' is not a number: take the address of the link to the next subscriptions as it is."));
        return 0;
    }

    // [Mercure] 1.0 asks for the path alone, as it was written; 0.x for path and query. Where a list goes on it is the same list.
    private Refusal? CheckGrant(HttpContext context, SiarAccess access, string path, TokenDialect dialect)
    {
        var isOnlyAfter = context.Request.Query.Count == 1 && context.Request.Query.ContainsKey(After);
        var asked = dialect is TokenDialect.V1 || isOnlyAfter ? path : path + context.Request.QueryString.Value;
        if (Topic.TryCreate(asked, out var topic, out _) && access.Subscribe.Matches(topic)) return null;
        return access.Grant is null && options.Value.HasTokens ? Refusal.NoToken : Refusal.Forbidden("You may not know who is subscribed.");
    }

    private async Task<Refusal?> AnswerAsync(HttpContext context, string path, SubscriptionSelector selector, TokenDialect dialect, long after)
    {
        // A pause that is over is in the log before the id, and the id first of all: what changes while the list is read comes after it as an event.
        await presence.AskAsync(context.RequestAborted);
        var newest = hub.NewestId is { IsNone: false } id ? id.Value : CursorInput.Earliest;
        var isV1 = dialect is TokenDialect.V1;
        var single = selector.Subscriber is null ? null : presence.Find(selector.Subscriber);
        if (selector.Subscriber is not null && (single is null || !single.List.Any(selector.Matches))) return Unknown;

        var sessions = single is null ? List(selector, after, out var next) : Nothing(out next);
        SetHeaders(context.Response, newest, isV1);
        if (next is { } number) context.Response.Headers.Append(HeaderNames.Link, $"<{path}?{After}={number.ToString(CultureInfo.InvariantCulture)}>; rel=\"next\"");
        if (!presence.IsAheadOfLog && IsKnown(context.Request, newest, isV1))
        {
            context.Response.StatusCode = StatusCodes.Status304NotModified;
            return null;
        }

        context.Response.ContentType = isV1 ? Negotiation.Json : "application/ld+json";
        if (HttpMethods.IsHead(context.Request.Method)) return null;
        await using var json = new Utf8JsonWriter(context.Response.BodyWriter, EventJson.WriterOptions);
        if (single is not null) WriteItem(json, single, single.List.First(selector.Matches), isV1, newest);
        else await WriteListAsync(context, json, path, sessions, selector, isV1, newest);
        return null;
    }

    private static List<PresenceSession> Nothing(out long? next)
    {
        next = null;
        return [];
    }

    // The connections of one answer, whole, and after which of them the next one begins; null where there is none.
    private List<PresenceSession> List(SubscriptionSelector selector, long after, out long? next)
    {
        var listed = new List<PresenceSession>();
        var subscriptions = 0;
        foreach (var session in presence.List(after))
        {
            var matching = session.List.Count(selector.Matches);
            if (matching == 0) continue;
            if (listed.Count > 0 && subscriptions + matching > options.Value.Hub.Limits.SubscriptionsListed)
            {
                next = listed[^1].Number;
                return listed;
            }

            listed.Add(session);
            subscriptions += matching;
        }

        next = null;
        return listed;
    }

    private void SetHeaders(HttpResponse response, string newest, bool isV1)
    {
        response.Headers.CacheControl = "private, must-revalidate";
        response.Headers.Append(HeaderNames.Vary, "Authorization, Cookie");
        response.Headers.ETag = TagOf(newest, isV1);
        if (!isV1) return;
        response.Headers.Link = $"<{url.Path}>; rel=\"mercure\"; last-event-id=\"{MercureHeaders.Quote(newest)}\"; type=\"mercure\"; content-type=\"application/json\"";
    }

    // [0.x] The bare id, without the quotes that RFC 9110 asks for.
    private static string TagOf(string newest, bool isV1) =>
        isV1 ? $"\"{MercureHeaders.Encode(newest, " \"%\\")}\"" : MercureHeaders.Encode(newest);

    private static bool IsKnown(HttpRequest request, string newest, bool isV1)
    {
        var given = request.Headers.IfNoneMatch;
        if (given.Count == 0) return false;
        if (!isV1) return given == TagOf(newest, isV1: false);
        var tag = new EntityTagHeaderValue(TagOf(newest, isV1: true));
        return EntityTagHeaderValue.TryParseList(given, out var known) && known.Any(k => k.Equals(EntityTagHeaderValue.Any) || k.Compare(tag, useStrongComparison: false));
    }

    private async Task WriteListAsync(HttpContext context, Utf8JsonWriter json, string path, List<PresenceSession> sessions, SubscriptionSelector selector, bool isV1, string newest)
    {
        PresenceJson.BeginList(json, path, isV1, newest);
        var items = 0;
        foreach (var session in sessions)
        {
            var isShown = false;
            foreach (var subscription in session.List)
            {
                if (!selector.Matches(subscription)) continue;
                if (!isShown && !(isShown = presence.Show(session))) break;
                WriteItem(json, session, subscription, isV1, newest: null);
                if (++items % ItemsPerFlush != 0) continue;
                await json.FlushAsync(context.RequestAborted);
                await context.Response.BodyWriter.FlushAsync(context.RequestAborted);
            }
        }

        json.WriteEndArray();
        json.WriteEndObject();
    }

    private void WriteItem(Utf8JsonWriter json, PresenceSession session, RequestedMatcher subscription, bool isV1, string? newest)
    {
        var payload = session.PayloadOf(subscription);
        if (isV1) PresenceJson.WriteV1(json, PresenceTopics.OfV1(url.Path, subscription, session.Subscriber), subscription, session.Subscriber, isActive: true, payload);
        else PresenceJson.WriteV0(json, PresenceTopics.OfV0(url.Path, subscription.Match, session.Subscriber), subscription.Match, session.Subscriber, isActive: true, payload, newest is not null, newest);
    }
}
