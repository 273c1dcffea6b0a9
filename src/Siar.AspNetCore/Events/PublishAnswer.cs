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

    public static Refusal RefusalOf(PublishRefusedException failure) => failure.Refusal switch
    {
        PublishRefusal.KeyReused => new Refusal(StatusCodes.Status422UnprocessableEntity, RefusalReason.KeyReused, failure.Message),
        PublishRefusal.ConditionFailed => new Refusal(StatusCodes.Status412PreconditionFailed, RefusalReason.ConditionFailed, failure.Message),
        PublishRefusal.TopicClosed => new Refusal(StatusCodes.Status409Conflict, RefusalReason.Closed, failure.Message),
        _ => throw new ArgumentOutOfRangeException(nameof(failure)),
    };
}
