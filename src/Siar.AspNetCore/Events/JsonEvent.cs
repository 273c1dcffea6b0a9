using System.Text.Json;

namespace Siar.AspNetCore;

/// <summary>
/// Reads one event of a batch: <c>topics</c>, <c>data</c>, <c>type</c>, <c>id</c>, <c>retry</c>, <c>private</c>, <c>key</c>. A member that it
/// does not know, or that stands twice, is an error: with a slip of the pen in <c>private</c> an event would be public.
/// </summary>
internal static class JsonEvent
{
    /// <summary>Reads a line that should be one object.</summary>
    /// <returns>What is wrong, as a sentence; null when all is well.</returns>
    /// <exception cref="JsonException">The text is not JSON.</exception>
    /// <exception cref="InvalidOperationException">A string holds a lone surrogate.</exception>
    public static string? Read(ref Utf8JsonReader reader, out EventFields? fields)
    {
        fields = null;
        if (!reader.Read() || reader.TokenType is not JsonTokenType.StartObject) return "This is not a JSON object.";
        var seen = new HashSet<string>();
        var read = new EventFields { Topics = [] };
        while (reader.Read() && reader.TokenType is JsonTokenType.PropertyName)
        {
            var name = reader.GetString()!;
            if (!seen.Add(name)) return $"The member '{name}' stands more than once.";
            reader.Read();
            if (ReadMember(ref reader, name, ref read) is { } error) return error;
        }

        // Reads to the end, so that what follows the object is found.
        reader.Read();
        fields = read;
        return null;
    }

    private static string? ReadMember(ref Utf8JsonReader reader, string name, ref EventFields fields)
    {
        var type = reader.TokenType;
        switch (name)
        {
            case "topics":
                if (ReadTopics(ref reader, out var topics) is { } error) return error;
                fields = fields with { Topics = topics };
                return null;
            case "data" when type is JsonTokenType.String:
                fields = fields with { Data = ReadUtf8(ref reader) };
                return null;
            case "type" when type is JsonTokenType.String:
                fields = fields with { Type = reader.GetString() };
                return null;
            case "id" when type is JsonTokenType.String:
                fields = fields with { Id = reader.GetString() };
                return null;
            case "key" when type is JsonTokenType.String:
                fields = fields with { Key = reader.GetString() };
                return null;
            case "retry" when type is JsonTokenType.Number && reader.TryGetInt32(out var retry) && retry >= 0:
                fields = fields with { RetryMilliseconds = retry };
                return null;
            case "private" when type is JsonTokenType.True or JsonTokenType.False:
                fields = fields with { IsPrivate = type is JsonTokenType.True };
                return null;
            case "data" or "type" or "id" or "key":
                return $"The member '{name}' is not a string.";
            case "retry":
                return $"The member 'retry' is not a number of milliseconds from 0 to {int.MaxValue}.";
            case "private":
                return "The member 'private' is neither true nor false.";
            default:
                return $"The member '{name}' is not known: an event has topics, data, type, id, retry, private and key.";
        }
    }

    private static string? ReadTopics(ref Utf8JsonReader reader, out List<string> topics)
    {
        const string Wrong = "The member 'topics' is not an array of strings.";
        topics = [];
        if (reader.TokenType is not JsonTokenType.StartArray) return Wrong;
        while (reader.Read() && reader.TokenType is not JsonTokenType.EndArray)
        {
            if (reader.TokenType is not JsonTokenType.String) return Wrong;
            topics.Add(reader.GetString()!);
        }

        return null;
    }

    private static ReadOnlyMemory<byte> ReadUtf8(ref Utf8JsonReader reader)
    {
        // Unescaping only shortens.
        var buffer = new byte[reader.ValueSpan.Length];
        var length = reader.CopyString(buffer);
        return length == buffer.Length ? buffer : buffer[..length];
    }
}
