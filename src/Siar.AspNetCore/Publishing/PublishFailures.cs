using Siar.Hub;

namespace Siar.AspNetCore;

/// <summary>What a publish is answered that is valid in itself and was not done, in the publisher's words: the hub's log has the file and the system's.</summary>
internal static class PublishFailures
{
    /// <summary>The refusal for what publishing has thrown; null where that is no answer to a publisher, but a fault.</summary>
    /// <param name="failure">What was thrown.</param>
    /// <param name="hasKey">Whether the publisher gave an idempotency key.</param>
    /// <param name="wait">After how long to try again.</param>
    public static Refusal? RefusalOf(Exception failure, bool hasKey, TimeSpan wait) => failure switch
    {
        PublishRefusedException refused => RefusalOf(refused),
        LogUnavailableException unavailable => RefusalOf(unavailable, hasKey, wait),
        HubStoppedException => new Refusal(StatusCodes.Status503ServiceUnavailable, RefusalReason.Stopped, "The hub has stopped; nothing was published.")
        {
            RetryAfter = wait,
        },
        _ => null,
    };

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
}
