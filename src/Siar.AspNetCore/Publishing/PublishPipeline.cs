using System.Collections.Immutable;
using Siar.Auth;
using Siar.Hub;
using Siar.Topics;

namespace Siar.AspNetCore;

/// <summary>What the head of a publish says, before its body costs memory.</summary>
/// <param name="Topics">The topics of all of its events; empty where they are not in the head.</param>
/// <param name="MostBytes">How long the body may be.</param>
internal readonly record struct PublishHead(ImmutableArray<Topic> Topics, int MostBytes);

/// <summary>What a publisher wants.</summary>
/// <param name="Events">The events, valid in themselves.</param>
/// <param name="Options">On which condition, and that it is not done twice.</param>
internal readonly record struct PublishCommand(ImmutableArray<Event> Events, PublishOptions Options);

/// <summary>How publishes of one API are written and answered: all that an endpoint has to do with them. What is wrong with a request it notes on the fields.</summary>
internal interface IPublishFormat
{
    /// <summary>Reads the head.</summary>
    /// <param name="context">The request.</param>
    /// <param name="fields">The fields; empty until they are read here.</param>
    PublishHead ReadHead(HttpContext context, out RequestFields fields);

    /// <summary>Reads the topics of all events from a body, where they are not in the head; empty where each event has its own.</summary>
    ImmutableArray<Topic> ReadTopics(RequestFields fields, byte[] body, SiarAccess access);

    /// <summary>Reads what is to be published.</summary>
    /// <param name="context">The request.</param>
    /// <param name="topics">The topics of all events, to which the caller may publish; empty where each event has its own.</param>
    /// <param name="fields">The fields.</param>
    /// <param name="body">The body.</param>
    /// <param name="access">Who publishes.</param>
    PublishCommand ReadEvents(HttpContext context, ImmutableArray<Topic> topics, RequestFields fields, byte[] body, SiarAccess access);

    /// <summary>Answers a publish that was done.</summary>
    Task AnswerAsync(HttpContext context, in PublishHead head, Published published);

    /// <summary>Answers one that was refused.</summary>
    /// <param name="context">The request.</param>
    /// <param name="refusal">Why.</param>
    /// <param name="dialect">The dialect of the caller's token; that of 1.0 where it has none.</param>
    Task RefuseAsync(HttpContext context, Refusal refusal, TokenDialect dialect);
}

/// <summary>
/// Every publish over HTTP, whatever the API:
/// <list type="number">
/// <item>authorise the caller, and what the head says: all of this before the body, which costs memory;</item>
/// <item>read the body, within its limits, and make the events of it;</item>
/// <item>admit them: their sizes, a grant for each topic, the caller's rate;</item>
/// <item>publish, and answer, or say in the caller's words why it was not done.</item>
/// </list>
/// May be used from any thread.
/// </summary>
internal sealed class PublishPipeline(EventHub hub, AccessResolver resolver, PublishLimits rates, BodyReaders bodies)
{
    /// <summary>Says what an earlier publish with the same key is answered with again.</summary>
    public const string RepeatHeader = "Idempotent-Replayed";

    public async Task RunAsync(HttpContext context, IPublishFormat format)
    {
        var decision = await resolver.ResolveToPublishAsync(context);
        var (prepared, refusal) = decision.Refusal is { } unresolved ? (null, unresolved) : await PrepareAsync(context, format, decision.Access!);
        using var body = prepared?.Body;
        if (prepared is { } publish)
        {
            Published? published = null;
            try
            {
                (published, var owesDelivery) = await hub.PublishAdmittedAsync(publish.Command.Events, publish.Command.Options, context.RequestAborted);
                if (owesDelivery) context.Response.OnCompleted(Deliver, hub);
            }
            catch (Exception failure) when (RefusalOf(failure, publish.Command.Options.IdempotencyKey is not null, hub.Options.ReconnectDelay) is { } failed)
            {
                refusal = failed;
            }

            if (published is not null) await AnswerAsync(context, format, publish.Head, published);
        }

        if (refusal is not null) await format.RefuseAsync(context, refusal, decision.Dialect ?? TokenDialect.V1);
    }

    /// <summary>
    /// What a publish is answered that is valid in itself and was not done, in the publisher's words: the hub's log has the file and the system's. Null where what was
    /// thrown is no answer to a publisher, but a fault.
    /// </summary>
    /// <param name="failure">What was thrown.</param>
    /// <param name="hasKey">Whether the publisher gave an idempotency key.</param>
    /// <param name="wait">After how long to try again.</param>
    public static Refusal? RefusalOf(Exception failure, bool hasKey, TimeSpan wait) => failure switch
    {
        PublishRefusedException refused => RefusalOf(refused),
        LogUnavailableException unavailable => RefusalOf(unavailable, hasKey, wait),
        EventTooLargeException tooLarge => Refusal.TooLarge(tooLarge.Message),
        HubStoppedException => new Refusal(StatusCodes.Status503ServiceUnavailable, RefusalReason.Stopped, "The hub has stopped; nothing was published.")
        {
            RetryAfter = wait,
        },
        _ => null,
    };

    // All that comes before the log. The body is the caller's to dispose of.
    private async ValueTask<(PreparedPublish? Prepared, Refusal? Refusal)> PrepareAsync(HttpContext context, IPublishFormat format, SiarAccess access)
    {
        if (access.Publish.Matchers.IsEmpty) return (null, Refusal.NothingToPublish);
        var head = format.ReadHead(context, out var fields);
        if ((fields.Refusal ?? CheckGrants(access, head.Topics)) is { } refusedUnread) return (null, refusedUnread);

        var (body, refusedBody) = await bodies.OfPublishers.ReadAsync(context.Request, head.MostBytes);
        if (body is null) return (null, refusedBody);
        PreparedPublish? prepared = null;
        try
        {
            // Without the right to publish to a topic, nothing is told of what is wrong with its event.
            var topics = head.Topics.IsEmpty ? format.ReadTopics(fields, body.Bytes, access) : head.Topics;
            if (head.Topics.IsEmpty && (fields.Refusal ?? CheckGrants(access, topics)) is { } forbidden) return (null, forbidden);
            var command = format.ReadEvents(context, topics, fields, body.Bytes, access);
            if ((fields.Refusal ?? Admit(context, command, areTopicsGranted: !topics.IsEmpty, access)) is { } refused) return (null, refused);
            prepared = new PreparedPublish(head, body, command);
            return (prepared, null);
        }
        finally
        {
            if (prepared is null) body.Dispose();
        }
    }

    private static Task AnswerAsync(HttpContext context, IPublishFormat format, in PublishHead head, Published published)
    {
        AccessEntry.Of(context)?.Publish(published.Events.Length);
        if (published.IsRepeat) context.Response.Headers[RepeatHeader] = "true";
        // What If-Match may name next time.
        context.Response.Headers.ETag = EventTag.Write(published.Events[^1].Id);
        context.Response.Headers.CacheControl = "no-store";
        return format.AnswerAsync(context, head, published);
    }

    // Once the answer was handed to the transport, on the thread that has done that.
    private static Task Deliver(object hub)
    {
        ((EventHub)hub).Deliver();
        return Task.CompletedTask;
    }

    private Refusal? Admit(HttpContext context, in PublishCommand command, bool areTopicsGranted, SiarAccess access)
    {
        var (events, options) = command;
        if ((hub.Admission.Check(events) ?? hub.Admission.CheckKey(options.IdempotencyKey)) is { } tooLarge) return Refusal.TooLarge(tooLarge);
        if (!areTopicsGranted)
        {
            foreach (var content in events)
            {
                if (CheckGrants(access, content.Topics) is { } forbidden) return forbidden;
            }
        }

        return rates.TryTake(context, access, events.Length);
    }

    // [Mercure] A token must grant every topic, for public and private updates alike.
    private static Refusal? CheckGrants(SiarAccess access, ImmutableArray<Topic> topics)
    {
        foreach (var topic in topics)
        {
            if (!access.Publish.Matches(topic)) return Refusal.Forbidden($"You may not publish to the topic '{topic}'.");
        }

        return null;
    }

    private static Refusal RefusalOf(LogUnavailableException failure, bool hasKey, TimeSpan wait)
    {
        if (failure.State is LogState.Full && !failure.MayBeKept)
        {
            return new Refusal(
                StatusCodes.Status507InsufficientStorage, RefusalReason.LogFull, "The hub's log has no room left; nothing was published. Publish again when room was made.")
            {
                RetryAfter = wait,
            };
        }

        if (!failure.MayBeKept)
        {
            return new Refusal(
                StatusCodes.Status503ServiceUnavailable, RefusalReason.LogUnavailable, "The hub's log takes no events at the moment; nothing was published. Why is in the hub's own log.")
            {
                RetryAfter = wait,
            };
        }

        // Sent again without a key, it might be published twice: no client should be asked to.
        return new Refusal(
            StatusCodes.Status503ServiceUnavailable, RefusalReason.LogUnavailable, "The hub's log failed while it took the events; they may be published or not. Under an idempotency key it is safe to publish them again.")
        {
            ProblemType = Refusal.OutcomeUnknown,
            RetryAfter = hasKey ? wait : null,
        };
    }

    private static Refusal RefusalOf(PublishRefusedException failure) => failure.Refusal switch
    {
        PublishRefusal.KeyReused => new Refusal(StatusCodes.Status422UnprocessableEntity, RefusalReason.KeyReused, failure.Message),
        PublishRefusal.ConditionFailed => new Refusal(StatusCodes.Status412PreconditionFailed, RefusalReason.ConditionFailed, failure.Message),
        PublishRefusal.TopicClosed => new Refusal(StatusCodes.Status409Conflict, RefusalReason.Closed, failure.Message),
        _ => throw new ArgumentOutOfRangeException(nameof(failure)),
    };

    /// <summary>A publish that is allowed and valid, and the room that its body has.</summary>
    private sealed record PreparedPublish(PublishHead Head, RequestBody Body, PublishCommand Command);
}

/// <summary>The rates at which callers may publish, by address and by token.</summary>
internal sealed class PublishLimits(LimitOptions limits, TimeProvider time)
{
    private readonly PublishLimiter<string> _byAddress = new(() => limits.PublishesPerAddress, time);
    private readonly PublishLimiter<CallerIdentity> _byToken = new(() => limits.PublishesPerToken, time);

    /// <summary>Takes a number of events from the caller's amounts.</summary>
    public Refusal? TryTake(HttpContext context, SiarAccess access, int events)
    {
        Refusal? refusal = null;
        if (access.Credential is { IsNone: false } token) refusal = TryTake(_byToken, token, events, "Your token");
        if (refusal is not null || ClientAddress.Of(context) is not { } address) return refusal;
        refusal = TryTake(_byAddress, address, events, "Your address");

        // What is refused costs neither.
        if (refusal is not null && access.Credential is { IsNone: false } refused) _byToken.GiveBack(refused, events);
        return refusal;
    }

    private static Refusal? TryTake<TName>(PublishLimiter<TName> limiter, TName name, int events, string whose)
        where TName : notnull
    {
        var wait = limiter.TryTake(name, events);
        if (wait == TimeSpan.Zero) return null;
        return new Refusal(StatusCodes.Status429TooManyRequests, RefusalReason.PublishRate, $"{whose} publishes faster than it may: slow down.")
        {
            RetryAfter = wait,
        };
    }
}
