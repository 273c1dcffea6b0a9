using System.Buffers;
using System.Collections.Immutable;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Unicode;
using Siar.Topics;
using Siar.Wire;

namespace Siar.Hub;

/// <summary>
/// What no publisher may send, on any door. Each check answers with a sentence for the publisher, or null when all is well, so that a
/// door can refuse without an exception.
/// </summary>
internal static class EventRules
{
    /// <summary>Types that begin so are signals of the hub to one reader; a publisher's would be taken for them.</summary>
    public const string SignalPrefix = "siar.";

    /// <summary>Topics that begin so are for what hubs write for each other in the log.</summary>
    public const string ReservedPrefix = "/.well-known/siar/";

    /// <summary>The cursor of a reader that wants the oldest event first.</summary>
    public const string EarliestCursor = "earliest";

    /// <summary>The type of the event that closes a topic.</summary>
    public static readonly EventType ClosedType = EventType.Parse(SignalPrefix + "closed");

    /// <summary>The type of the event that says that comings and goings were left untold.</summary>
    public static readonly EventType PresencePausedType = EventType.Parse(SignalPrefix + "presence-paused");

    /// <summary>The type of the event by which hubs tell each other something.</summary>
    public static readonly EventType MemberFactType = EventType.Parse(SignalPrefix + "hubs");

    /// <summary>The type of the event that says that a caller's streams are to end, or who is refused.</summary>
    public static readonly EventType RevocationType = EventType.Parse(SignalPrefix + "revocation");

    private static readonly UTF8Encoding Strict = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    public static string? CheckTopics(ImmutableArray<Topic> topics)
    {
        if (topics.IsDefaultOrEmpty) return "The event has no topic: give at least one.";
        foreach (var topic in topics)
        {
            if (topic.Value.Length == 0) return "One of the event's topics is empty.";
            if (topic.Value.StartsWith(ReservedPrefix, StringComparison.Ordinal)) return $"The topic '{topic}' is kept for the hub itself: choose another.";
            if (topic.Value == "*") return "The topic '*' stands for every topic: it can be subscribed to, not published to.";
        }

        return null;
    }

    public static string? CheckData(ReadOnlySpan<byte> data) =>
        Utf8.IsValid(data) ? null : "The data is not valid UTF-8: server-sent events carry text only.";

    /// <summary>An id must lead its reader back to its event: it is no other's, and comes back as it went.</summary>
    public static string? CheckId(EventId id) =>
        HubEventId.TryParse(id, out _) ? $"The id '{id}' has the form of the ids that the hub makes: choose another, or send none."
            : id.CheckNew();

    public static string? CheckType(EventType type) =>
        type.Value.StartsWith(SignalPrefix, StringComparison.Ordinal)
            ? $"The type '{type}' begins with '{SignalPrefix}', which is kept for the hub's own signals."
            : null;

    /// <summary>What the event that closes a topic says: <c>{"topic":"…"}</c>.</summary>
    public static ReadOnlyMemory<byte> ClosingData(Topic topic)
    {
        var buffer = new ArrayBufferWriter<byte>();
        using var json = new Utf8JsonWriter(buffer, new JsonWriterOptions { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping });
        json.WriteStartObject();
        json.WriteString("topic"u8, topic.Value);
        json.WriteEndObject();
        json.Flush();
        return buffer.WrittenMemory;
    }

    public static ReadOnlyMemory<byte> Encode(string data)
    {
        try
        {
            return Strict.GetBytes(data);
        }
        catch (EncoderFallbackException failure)
        {
            throw new ArgumentException("The data holds a lone surrogate: it is not Unicode text.", nameof(data), failure);
        }
    }
}
