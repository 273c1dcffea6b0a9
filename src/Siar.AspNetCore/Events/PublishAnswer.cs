using Siar.Hub;

namespace Siar.AspNetCore;

/// <summary>What every door answers of a publish besides the ids.</summary>
internal static class PublishAnswer
{
    /// <summary>Says that an earlier publish with the same key is answered again.</summary>
    public const string RepeatHeader = "Idempotent-Replayed";

    public static void SetHeaders(HttpResponse response, Published published)
    {
        if (published.IsRepeat) response.Headers[RepeatHeader] = "true";

        // What If-Match may name next time.
        response.Headers.ETag = EventTag.Write(published.Events[^1].Id);
    }

    /// <summary>What a publish is answered that the log did not take. The publishers' words: the hub's log has the file and the system's.</summary>
    /// <param name="failure">What went wrong.</param>
    /// <param name="options">What the publisher asked for.</param>
    /// <param name="wait">After how long to try again.</param>
    public static Refusal RefusalOf(LogUnavailableException failure, PublishOptions options, TimeSpan wait)
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
            RetryAfter = options.IdempotencyKey is null ? null : wait,
        };
    }

    public static Refusal RefusalOf(PublishRefusedException failure) => failure.Refusal switch
    {
        PublishRefusal.KeyReused => new Refusal(StatusCodes.Status422UnprocessableEntity, RefusalReason.KeyReused, failure.Message),
        PublishRefusal.ConditionFailed => new Refusal(StatusCodes.Status412PreconditionFailed, RefusalReason.ConditionFailed, failure.Message),
        PublishRefusal.TopicClosed => new Refusal(StatusCodes.Status409Conflict, RefusalReason.Closed, failure.Message),
        _ => throw new ArgumentOutOfRangeException(nameof(failure)),
    };
}
