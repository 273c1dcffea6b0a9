using System.Globalization;
using Siar.Auth;
using Siar.Hub;

namespace Siar.AspNetCore;

/// <summary><c>POST</c> on the Mercure path, in both dialects; the token's claim says which.</summary>
internal sealed class MercurePublish(EventHub hub, AccessResolver resolver, HubIdentity identity, PublishLimits rates, BodyReaders bodies, MercureRefuser refuser)
{
    private const string Topic = "topic";

    private readonly EventAdmission _admission = new(hub.Options.Limits);

    public async Task HandleAsync(HttpContext context)
    {
        MercureHeaders.SetSecurity(context.Response);
        var decision = await resolver.ResolveToPublishAsync(context);
        var dialect = decision.Dialect ?? TokenDialect.V1;
        var refusal = decision.Refusal ?? await HandleAsync(context, decision.Access!, dialect);
        if (refusal is not null) await refuser.AnswerAsync(context, refusal, dialect);
    }

    private async Task<Refusal?> HandleAsync(HttpContext context, SiarAccess access, TokenDialect dialect)
    {
        // The query is not read.
        var fields = new FormFields();
        // Before the body, which costs memory.
        if ((CheckGrant(access, dialect) ?? FormBody.CheckType(context.Request)) is { } refusedUnread) return refusedUnread;
        var (body, refusal) = await FormBody.ReadAsync(bodies.OfPublishers, context.Request, hub.Options.Limits.RequestBytes, fields);
        if (refusal is not null) return refusal;

        using var held = body;
        var topics = fields.All(Topic).ToList();
        int? retry = null;
        Event? made = null;
        var options = new PublishOptions();
        refusal = CheckTopics(topics) ?? ReadRetry(fields, out retry) ?? CheckGrant(access, topics) ?? Build(fields, topics, retry, dialect, out made)
            ?? PublishOptionsReader.Read(context.Request, QueryFields.Empty, access, [made!], out options) ?? Admit(context, access, made!, options);
        return refusal ?? await PublishAsync(context, made!, options);
    }

    private Refusal? CheckTopics(List<string> topics)
    {
        if (topics.Count == 0) return Refusal.Invalid("Missing \"topic\" parameter");
        return topics.Count > hub.Options.Limits.TopicsPerRequest
            ? Refusal.TooLarge($"The update has {topics.Count} topics; at most {hub.Options.Limits.TopicsPerRequest} are taken.")
            : null;
    }

    private static Refusal? ReadRetry(FormFields fields, out int? retry)
    {
        retry = null;
        var text = fields.First("retry");
        if (string.IsNullOrEmpty(text)) return null;
        if (!ulong.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number)) return Refusal.Invalid("Invalid \"retry\" parameter");
        // What is longer than 24 days is for ever to a reader, whose own clock counts no further.
        retry = (int)Math.Min(number, int.MaxValue);
        return null;
    }

    private static Refusal? CheckGrant(SiarAccess access, TokenDialect dialect)
    {
        if (dialect is TokenDialect.V0 && access.Grant is { HasPublishClaim: false }) return Refusal.Forbidden("The token does not speak of publishing.");
        return access.Publish.Matchers.IsEmpty ? Refusal.NothingToPublish : null;
    }

    // [Mercure] A token must grant every topic, for public and private updates alike.
    private static Refusal? CheckGrant(SiarAccess access, List<string> topics)
    {
        foreach (var text in topics)
        {
            if (!Siar.Topics.Topic.TryCreate(text, out var topic, out _) && text.Length > 0) return Refusal.Invalid("Invalid \"topic\" parameter");
            if (text.Length > 0 && !access.Publish.Matches(topic)) return Refusal.Forbidden($"You may not publish to the topic '{text}'.");
        }

        return null;
    }

    private Refusal? Build(FormFields fields, List<string> topics, int? retry, TokenDialect dialect, out Event? made)
    {
        made = null;
        var isLegacy = dialect is TokenDialect.V0;
        // [Mercure 0.x] A reserved topic is 403 and not 400, and whatever holds the path is one.
        if (isLegacy && topics.Exists(t => t.Contains(identity.Path, StringComparison.Ordinal) || identity.IsReserved(t)))
            return new Refusal(StatusCodes.Status403Forbidden, RefusalReason.Forbidden, "The topic is kept for the hub itself: choose another.");
        var content = new EventFields
        {
            Topics = topics,
            Data = fields.FirstBytes("data"),
            Id = NoneIfEmpty(fields.First("id")),
            Type = NoneIfEmpty(fields.First("type")),
            RetryMilliseconds = retry,
            IsPrivate = fields.Has("private"),
            IsLegacy = isLegacy,
        };
        return content.Build(identity, out made) is { } error ? Refusal.Invalid(error) : null;
    }

    private static string? NoneIfEmpty(string? text) => string.IsNullOrEmpty(text) ? null : text;

    private Refusal? Admit(HttpContext context, SiarAccess access, Event made, PublishOptions options) =>
        (_admission.Check(made) ?? _admission.CheckKey(options.IdempotencyKey)) is { } tooLarge ? Refusal.TooLarge(tooLarge) : rates.TryTake(context, access, 1);

    private async Task<Refusal?> PublishAsync(HttpContext context, Event made, PublishOptions options)
    {
        Published published;
        try
        {
            published = await hub.PublishAsync([made], options, context.RequestAborted);
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
        context.Response.ContentType = "text/plain; charset=utf-8";
        context.Response.Headers.CacheControl = "no-store";
        await context.Response.WriteAsync(published.Events[0].Id.Value, context.RequestAborted);
        return null;
    }
}
