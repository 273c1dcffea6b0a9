using System.Buffers;
using System.Collections.Immutable;
using System.Text.Json;
using Siar.Hub;
using Siar.Topics;

namespace Siar.AspNetCore;

/// <summary>
/// <c>POST /events/{topic}</c> and <c>POST /events?topic=…</c>, one event whose data is the body; <c>POST /events</c> with lines of JSON, a batch.
/// </summary>
internal sealed class PublishEndpoint(EventHub hub, AccessResolver resolver, HubIdentity identity, PublishLimits rates, BodyReaders bodies, Refuser refuser)
{
    private readonly EventAdmission _admission = new(hub.Options.Limits);

    public async Task HandleAsync(HttpContext context)
    {
        var (access, refusal) = await resolver.ResolveToPublishAsync(context);
        if (refusal is null) refusal = await HandleAsync(context, access!);
        if (refusal is not null) await refuser.AnswerAsync(context, refusal);
    }

    private async Task<Refusal?> HandleAsync(HttpContext context, SiarAccess access)
    {
        string? topic = null;
        if ((QueryFields.Read(context.Request, out var query) ?? RawTopic.Read(context, out topic)) is { } refusal) return refusal;
        var topics = MatcherReader.TopicsOf(topic, query).ToList();
        var isBatch = topics.Count == 0;
        // Before the body, which costs memory.
        if ((CheckGrant(access, topics) ?? RequestBody.CheckType(context.Request, isBatch)) is { } refusedUnread) return refusedUnread;

        var limits = hub.Options.Limits;
        var (held, refusedBody) = await bodies.OfPublishers.ReadAsync(context.Request, isBatch ? limits.RequestBytes : limits.EventBytes);
        if (refusedBody is not null) return refusedBody;

        using var whole = held!;
        var body = whole.Bytes;
        var events = ImmutableArray<Event>.Empty;
        var options = new PublishOptions();
        var invalid = (isBatch ? BatchReader.Read(identity, body, limits, out events) : SingleReader.Read(identity, topics, query, body, out events))
            ?? PublishOptionsReader.Read(context.Request, query, access, events, out options);
        return invalid ?? Admit(context, access, events, options) ?? await PublishAsync(context, events, options, isBatch);
    }

    // An invalid topic is refused later, with what is wrong about it.
    private static Refusal? CheckGrant(SiarAccess access, List<string> topics)
    {
        foreach (var text in topics)
        {
            if (Topic.TryCreate(text, out var topic, out _) && !access.Publish.Matches(topic)) return Refusal.Forbidden($"You may not publish to the topic '{text}'.");
        }

        return access.Publish.Matchers.IsEmpty ? Refusal.NothingToPublish : null;
    }

    private Refusal? Admit(HttpContext context, SiarAccess access, ImmutableArray<Event> events, PublishOptions options)
    {
        if ((_admission.Check(events) ?? _admission.CheckKey(options.IdempotencyKey)) is { } tooLarge) return Refusal.TooLarge(tooLarge);
        foreach (var content in events)
        {
            foreach (var topic in content.Topics)
            {
                if (!access.Publish.Matches(topic))
                    return Refusal.Forbidden($"You may not publish to the topic '{topic}'.");
            }
        }

        return rates.TryTake(context, access, events.Length);
    }

    private async Task<Refusal?> PublishAsync(HttpContext context, ImmutableArray<Event> events, PublishOptions options, bool isBatch)
    {
        Published published;
        try
        {
            published = await hub.PublishAsync(events, options, context.RequestAborted);
        }
        catch (PublishRefusedException failure)
        {
            return PublishAnswer.RefusalOf(failure);
        }
        catch (LogUnavailableException failure)
        {
            return PublishAnswer.RefusalOf(failure, options, hub.Options.ReconnectDelay);
        }
        catch (HubStoppedException)
        {
            return new Refusal(StatusCodes.Status503ServiceUnavailable, RefusalReason.Stopped, "The hub has stopped; nothing was published.")
            {
                RetryAfter = hub.Options.ReconnectDelay,
            };
        }

        PublishAnswer.SetHeaders(context.Response, published);
        context.Response.ContentType = Negotiation.Json;
        context.Response.Headers.CacheControl = "no-store";
        context.Response.Headers.XContentTypeOptions = "nosniff";
        WriteBody(context.Response, published.Events, isBatch);
        return null;
    }

    // With its length, it leaves as it is; without, the server would put it into chunks.
    private static void WriteBody(HttpResponse response, ImmutableArray<LoggedEvent> logged, bool isBatch)
    {
        var body = JsonScratch.Write((logged, isBatch), static (json, ids) => WriteIds(json, ids.logged, ids.isBatch));
        response.ContentLength = body.Length;
        response.BodyWriter.Write(body);
    }

    private static void WriteIds(Utf8JsonWriter json, ImmutableArray<LoggedEvent> logged, bool isBatch)
    {
        json.WriteStartObject();
        if (isBatch)
        {
            json.WriteStartArray("ids"u8);
            foreach (var each in logged) json.WriteStringValue(each.Id.Value);
            json.WriteEndArray();
        }
        else
        {
            json.WriteString("id"u8, logged[0].Id.Value);
        }

        json.WriteEndObject();
    }
}
