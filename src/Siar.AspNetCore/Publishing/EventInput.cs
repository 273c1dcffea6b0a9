using System.Collections.Immutable;
using System.Globalization;
using System.Text;
using System.Text.Json;
using System.Text.Unicode;
using Siar.Hub;
using Siar.Topics;
using Siar.Wire;

namespace Siar.AspNetCore;

/// <summary>
/// An event as a publisher wrote it: in path, query and body (<see cref="ReadSingle"/>), or as a line of JSON (<see cref="ReadBatch"/>). <see cref="Make"/> makes
/// the event; each rule is checked there once, or in <see cref="Event"/> itself.
/// </summary>
internal struct EventInput
{
    /// <summary>The type of the hub's own events.</summary>
    public const string ReservedType = "mercure";

    /// <summary>Where topics are refused that the hub keeps for itself.</summary>
    public required HubUrl Hub { get; init; }

    public ImmutableArray<Topic> Topics { get; set; }

    public ReadOnlyMemory<byte> Data { get; set; }

    public string? Type { get; set; }

    public string? Id { get; set; }

    public int? RetryMilliseconds { get; set; }

    public bool IsPrivate { get; set; }

    public string? Key { get; set; }

    /// <summary>Whether the event is held to the rules of Mercure 0.x, which has fewer.</summary>
    public bool IsLegacy { get; set; }

    /// <summary>
    /// Reads one event: the body is its data, everything else stands in path and query. With <c>close</c> it is the topic's last, or, without a body,
    /// there is none and the topic is closed. What is wrong is noted on the fields.
    /// </summary>
    public static ImmutableArray<Event> ReadSingle(HubUrl hub, ImmutableArray<Topic> topics, RequestFields fields, byte[] body)
    {
        var input = new EventInput
        {
            Hub = hub, Topics = topics, Data = body, Type = fields.One("type"), Id = fields.One("id"), Key = fields.One("key"),
            RetryMilliseconds = ReadRetry(fields), IsPrivate = fields.Switch("private"),
        };
        var closes = fields.Switch("close");
        if (fields.Refusal is not null) return [];
        if (input.Make(out var error) is not { } made)
        {
            fields.Refuse(Refusal.Invalid(error));
            return [];
        }

        if (!closes) return [made];
        var closing = Event.Closing(made.Topics[0], made.IsPrivate);
        if (body.Length > 0) return [made, closing];
        if (made is not { Topics.Length: 1, Id.IsNone: true, Type.IsNone: true, Key: null, RetryMilliseconds: null })
            fields.Refuse(Refusal.Invalid("Without a body 'close' only closes the topic: it has neither other topics nor 'type', 'id', 'key' or 'retry'."));
        return [closing];
    }

    /// <summary>Reads a batch: one event a line, empty lines passed over. What is wrong is noted on the fields, with the number of its line, from 1.</summary>
    public static ImmutableArray<Event> ReadBatch(HubUrl hub, RequestFields fields, ReadOnlySpan<byte> body, LimitOptions limits)
    {
        var events = ImmutableArray.CreateBuilder<Event>();
        var number = 0;
        // RFC 8259, 8.1: "implementations that parse JSON texts MAY ignore the presence of a byte order mark"; editors of some systems write one.
        if (body.StartsWith(Encoding.UTF8.Preamble)) body = body[Encoding.UTF8.Preamble.Length..];
        foreach (var range in body.Split((byte)'\n'))
        {
            number++;
            var line = body[range].Trim(" \t\r"u8);
            if (line.IsEmpty) continue;
            if (events.Count == limits.BatchEvents) fields.Refuse(Refusal.TooLarge($"The batch has more than {limits.BatchEvents} events, the most that are taken at once."));
            else if (ReadLine(hub, line, out var error) is { } made) events.Add(made);
            else fields.Refuse(Refusal.Invalid($"Line {number}: {error}"));
            if (fields.Refusal is not null) return [];
        }

        if (events.Count == 0) fields.Refuse(Refusal.Invalid("The batch has no event: send one JSON object a line."));
        return events.DrainToImmutable();
    }

    /// <summary>Makes the event.</summary>
    /// <param name="error">What is wrong with it, as a sentence for the publisher, where it could not be made.</param>
    public readonly Event? Make(out string error)
    {
        var type = default(EventType);
        var id = default(EventId);
        var wrong = CheckTopics() ?? MakeType(out type) ?? MakeId(out id) ?? CheckKey();
        var made = wrong is null ? Event.TryMake(Topics, Data, id, type, RetryMilliseconds, IsPrivate, Key, out wrong) : null;
        error = wrong ?? "";
        return made;
    }

    private readonly string? CheckTopics()
    {
        // That there is none is told with the other rules of an event.
        if (Topics.IsDefault) return null;
        foreach (var topic in Topics)
        {
            if (CheckText("topic", topic.Value) is { } wrong) return wrong;
            // In 0.x that has a status of its own, and the endpoint has looked.
            if (!IsLegacy && Hub.IsReserved(topic.Value)) return $"The topic '{topic}' is kept for the hub itself: choose another.";
        }

        return null;
    }

    private readonly string? MakeType(out EventType type)
    {
        type = default;
        if (Type is null) return null;
        if (!EventType.TryCreate(Type, out type, out var error)) return error;
        return Type == ReservedType ? $"The type '{ReservedType}' is kept for the hub's own events: choose another." : CheckText("type", Type);
    }

    private readonly string? MakeId(out EventId id)
    {
        id = default;
        if (Id is null) return null;
        if (!EventId.TryCreate(Id, out id, out var error)) return error;
        if (IsLegacy) return null;
        if (Id[0] == '#') return "The id begins with '#', as those that the hub makes: choose another, or send none.";
        if (Id == EventRules.EarliestCursor) return "The id 'earliest' means the oldest event to a reader: choose another, or send none.";
        return RequestText.CheckProtocolString("id", Id);
    }

    private readonly string? CheckKey() => Key is null ? null : RequestText.CheckProtocolString("key", Key) ?? CheckUnicode(Key);

    private static string? CheckUnicode(string key) =>
        key.AsSpan().ContainsAnyInRange('\uD800', '\uDFFF') && Encoding.UTF8.GetString(Encoding.UTF8.GetBytes(key)) != key
            ? "The key holds a lone surrogate: it is not Unicode text."
            : null;

    private readonly string? CheckText(string field, string text) => IsLegacy ? null : RequestText.CheckProtocolString(field, text);

    private static int? ReadRetry(RequestFields fields)
    {
        if (fields.One("retry") is not { } text) return null;
        if (int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number)) return number;
        fields.Refuse(Refusal.Invalid($"The field 'retry' in the query is not a number of milliseconds from 0 to {int.MaxValue}."));
        return null;
    }

    private static Event? ReadLine(HubUrl hub, ReadOnlySpan<byte> line, out string error)
    {
        error = "This is not valid UTF-8.";
        if (!Utf8.IsValid(line)) return null;
        try
        {
            var reader = new Utf8JsonReader(line);
            var input = new EventInput { Hub = hub };
            if (input.ReadObject(ref reader) is not { } wrong) return input.Make(out error);
            error = wrong;
        }
        catch (JsonException failure)
        {
            error = $"This is not JSON (at byte {failure.BytePositionInLine + 1}): send one object a line.";
        }
        catch (InvalidOperationException)
        {
            // What the reader throws for an escaped lone surrogate, which JSON allows and Unicode does not.
            error = "A text holds a lone surrogate: it is not Unicode text.";
        }

        return null;
    }

    /// <summary>
    /// Reads <c>topics</c>, <c>data</c>, <c>type</c>, <c>id</c>, <c>retry</c>, <c>private</c>, <c>key</c>. A member that is not known, or that stands twice, is an
    /// error: with a slip of the pen in <c>private</c> an event would be public.
    /// </summary>
    private string? ReadObject(ref Utf8JsonReader reader)
    {
        if (!reader.Read() || reader.TokenType is not JsonTokenType.StartObject) return "This is not a JSON object.";
        var seen = new HashSet<string>();
        while (reader.Read() && reader.TokenType is JsonTokenType.PropertyName)
        {
            var name = reader.GetString()!;
            if (!seen.Add(name)) return $"The member '{name}' stands more than once.";
            reader.Read();
            if (ReadMember(ref reader, name) is { } error) return error;
        }

        // Reads to the end, so that what follows the object is found.
        reader.Read();
        return null;
    }

    private string? ReadMember(ref Utf8JsonReader reader, string name)
    {
        var type = reader.TokenType;
        switch (name)
        {
            case "topics":
                return ReadTopics(ref reader);
            case "data" when type is JsonTokenType.String:
                Data = ReadUtf8(ref reader);
                return null;
            case "type" when type is JsonTokenType.String:
                Type = reader.GetString();
                return null;
            case "id" when type is JsonTokenType.String:
                Id = reader.GetString();
                return null;
            case "key" when type is JsonTokenType.String:
                Key = reader.GetString();
                return null;
            case "retry" when type is JsonTokenType.Number && reader.TryGetInt32(out var retry) && retry >= 0:
                RetryMilliseconds = retry;
                return null;
            case "private" when type is JsonTokenType.True or JsonTokenType.False:
                IsPrivate = type is JsonTokenType.True;
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

    private string? ReadTopics(ref Utf8JsonReader reader)
    {
        const string Wrong = "The member 'topics' is not an array of strings.";
        if (reader.TokenType is not JsonTokenType.StartArray) return Wrong;
        var topics = ImmutableArray.CreateBuilder<Topic>();
        while (reader.Read() && reader.TokenType is not JsonTokenType.EndArray)
        {
            if (reader.TokenType is not JsonTokenType.String) return Wrong;
            if (!Topic.TryCreate(reader.GetString()!, out var topic, out var error)) return error;
            topics.Add(topic);
        }

        Topics = topics.DrainToImmutable();
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
