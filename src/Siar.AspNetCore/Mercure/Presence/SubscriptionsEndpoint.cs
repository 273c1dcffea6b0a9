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

    // [Mercure] "Paging is implementation-defined": the connection after which the list goes on, at whichever hub.
    private static Guid ReadAfter(HttpRequest request, RequestFields fields)
    {
        if (request.Query[After] is not { Count: > 0 } given) return default;
        if (given.Count == 1 && Guid.TryParseExact(given[0], "D", out var after)) return after;
        fields.Refuse(Refusal.Invalid("The parameter 'after' names no subscriber: take the address of the link to the next subscriptions as it is."));
        return default;
    }

    // [Mercure] 1.0 asks for the path alone, as it was written; 0.x for path and query. Where a list goes on it is the same list.
    private Refusal? CheckGrant(HttpContext context, SiarAccess access, string path, TokenDialect dialect)
    {
        var isOnlyAfter = context.Request.Query.Count == 1 && context.Request.Query.ContainsKey(After);
        var asked = dialect is TokenDialect.V1 || isOnlyAfter ? path : path + context.Request.QueryString.Value;
        if (Topic.TryCreate(asked, out var topic, out _) && access.Subscribe.Matches(topic)) return null;
        return access.Grant is null && options.Value.HasTokens ? Refusal.NoToken : Refusal.Forbidden("You may not know who is subscribed.");
    }

    private async Task<Refusal?> AnswerAsync(HttpContext context, string path, SubscriptionSelector selector, TokenDialect dialect, Guid after)
    {
        // A pause that is over is in the log before the id, and the id first of all: what changes while the list is read comes after it as an event.
        await presence.AskAsync(context.RequestAborted);
        var newest = hub.NewestId is { IsNone: false } id ? id.Value : CursorInput.Earliest;
        await presence.KnowAllAsync(context.RequestAborted);
        var isV1 = dialect is TokenDialect.V1;
        var single = selector.Subscriber is null ? null : presence.Find(selector.Subscriber);
        if (selector.Subscriber is not null && (single is null || Matching(single.Value, selector).Count == 0)) return Unknown;

        var readers = single is null ? List(selector, after, out var next) : Nothing(out next);
        SetHeaders(context.Response, newest, isV1);
        if (next is { } last) context.Response.Headers.Append(HeaderNames.Link, $"<{path}?{After}={last}>; rel=\"next\"");
        if (!presence.IsAheadOfLog && IsKnown(context.Request, newest, isV1))
        {
            context.Response.StatusCode = StatusCodes.Status304NotModified;
            return null;
        }

        context.Response.ContentType = isV1 ? Negotiation.Json : "application/ld+json";
        if (HttpMethods.IsHead(context.Request.Method)) return null;
        await using var json = new Utf8JsonWriter(context.Response.BodyWriter, EventJson.WriterOptions);
        if (single is { } one) WriteItem(json, one.Id, Matching(one, selector)[0], isV1, newest);
        else await WriteListAsync(context, json, path, readers, selector, isV1, newest);
        return null;
    }

    private static List<PresenceSubscription> Matching(KnownReader reader, SubscriptionSelector selector) =>
        [.. Enumerable.Range(0, reader.Count).Select(i => reader[i]).Where(selector.Matches)];

    private static List<KnownReader> Nothing(out Guid? next)
    {
        next = null;
        return [];
    }

    // The readers of one answer, whole, and after which of them the next one begins; null where there is none.
    private List<KnownReader> List(SubscriptionSelector selector, Guid after, out Guid? next)
    {
        var listed = new List<KnownReader>();
        var subscriptions = 0;
        foreach (var reader in presence.List(after))
        {
            var matching = Matching(reader, selector).Count;
            if (matching == 0) continue;
            if (listed.Count > 0 && subscriptions + matching > options.Value.Hub.Limits.SubscriptionsListed)
            {
                next = listed[^1].Id;
                return listed;
            }

            listed.Add(reader);
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

    private async Task WriteListAsync(HttpContext context, Utf8JsonWriter json, string path, List<KnownReader> readers, SubscriptionSelector selector, bool isV1, string newest)
    {
        PresenceJson.BeginList(json, path, isV1, newest);
        var items = 0;
        foreach (var reader in readers)
        {
            if (!presence.Show(reader)) continue;
            foreach (var subscription in Matching(reader, selector))
            {
                WriteItem(json, reader.Id, subscription, isV1, newest: null);
                if (++items % ItemsPerFlush != 0) continue;
                await json.FlushAsync(context.RequestAborted);
                await context.Response.BodyWriter.FlushAsync(context.RequestAborted);
            }
        }

        json.WriteEndArray();
        json.WriteEndObject();
    }

    private void WriteItem(Utf8JsonWriter json, Guid reader, PresenceSubscription subscription, bool isV1, string? newest)
    {
        var subscriber = ReaderId.ToIri(reader);
        if (isV1) PresenceJson.WriteV1(json, PresenceTopics.OfV1(url.Path, subscription.MatchType, subscription.Match, subscriber), subscription, subscriber, isActive: true);
        else PresenceJson.WriteV0(json, PresenceTopics.OfV0(url.Path, subscription.Match, subscriber), subscription.Match, subscriber, isActive: true, subscription.Payload, newest is not null, newest);
    }
}
