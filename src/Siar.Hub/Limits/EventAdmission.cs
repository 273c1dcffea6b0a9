using System.Collections.Immutable;
using System.Text;

namespace Siar.Hub;

/// <summary>The limits of size, for every door alike. Answers with a sentence for the publisher, or null when all is well.</summary>
internal sealed class EventAdmission(LimitOptions limits)
{
    public string? Check(ImmutableArray<Event> batch)
    {
        if (batch.IsDefaultOrEmpty) return "There is no event to publish.";
        if (batch.Length > limits.BatchEvents) return $"The batch has {batch.Length} events; at most {limits.BatchEvents} are taken at once.";
        foreach (var content in batch)
        {
            if (Check(content) is { } error) return error;
        }

        return null;
    }

    public string? Check(Event content)
    {
        if (content.Topics.Length > limits.TopicsPerRequest)
            return $"The event has {content.Topics.Length} topics; at most {limits.TopicsPerRequest} are taken.";
        foreach (var topic in content.Topics)
        {
            if (TooLong(topic.Value, limits.TopicBytes)) return $"A topic is longer than {limits.TopicBytes} bytes: '{Start(topic.Value)}…'.";
        }

        if (content.Data.Length > limits.EventBytes)
            return $"The data is {content.Data.Length} bytes; at most {limits.EventBytes} are taken in one event.";
        if (TooLong(content.Id.Value, limits.IdBytes)) return $"The id is longer than {limits.IdBytes} bytes: '{Start(content.Id.Value)}…'.";
        if (TooLong(content.Type.Value, limits.TypeBytes))
            return $"The type is longer than {limits.TypeBytes} bytes: '{Start(content.Type.Value)}…'.";
        if (content.Key is { } key && TooLong(key, limits.TopicBytes)) return $"The key is longer than {limits.TopicBytes} bytes.";
        return null;
    }

    public string? CheckKey(string? key) => key switch
    {
        null => null,
        "" => "The idempotency key is empty.",
        _ => TooLong(key, limits.IdempotencyKeyBytes) ? $"The idempotency key is longer than {limits.IdempotencyKeyBytes} bytes." : null,
    };

    /// <summary>The same for callers in this process, who are told by an exception.</summary>
    /// <exception cref="EventTooLargeException">Something is larger than a limit allows.</exception>
    /// <exception cref="ArgumentException">There is no event, or the key is empty.</exception>
    public void Require(ImmutableArray<Event> batch, string? idempotencyKey)
    {
        if ((Check(batch) ?? CheckKey(idempotencyKey)) is not { } error) return;
        throw batch.IsDefaultOrEmpty || idempotencyKey is "" ? new ArgumentException(error) : new EventTooLargeException(error);
    }

    private static bool TooLong(string text, int bytes) => text.Length > bytes || Encoding.UTF8.GetByteCount(text) > bytes;

    private static string Start(string text) => text.Length <= 40 ? text : text[..40];
}
