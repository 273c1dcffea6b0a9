using System.Collections.Immutable;
using System.Text;
using Siar.Hub;
using Siar.Topics;
using Siar.Wire;

namespace Siar.AspNetCore;

/// <summary>An event as a publisher wrote it, not yet checked.</summary>
internal sealed record EventFields
{
    /// <summary>The type of the hub's own events.</summary>
    public const string ReservedType = "mercure";

    public required IReadOnlyList<string> Topics { get; init; }

    public ReadOnlyMemory<byte> Data { get; init; }

    public string? Type { get; init; }

    public string? Id { get; init; }

    public int? RetryMilliseconds { get; init; }

    public bool IsPrivate { get; init; }

    public string? Key { get; init; }

    /// <summary>Whether the event is held to the rules of Mercure 0.x, which has fewer.</summary>
    public bool IsLegacy { get; init; }

    /// <summary>Makes the event, or answers with a sentence for the publisher.</summary>
    public string? Build(HubIdentity hub, out Event? made)
    {
        made = null;
        var type = default(EventType);
        var id = default(EventId);
        var error = BuildTopics(hub, out var topics) ?? EventRules.CheckData(Data.Span) ?? BuildType(out type) ?? BuildId(out id) ?? CheckKey();
        if (error is not null) return error;
        made = new Event(topics, Data) { Type = type, Id = id, RetryMilliseconds = RetryMilliseconds, IsPrivate = IsPrivate, Key = Key };
        return null;
    }

    private string? BuildTopics(HubIdentity hub, out ImmutableArray<Topic> topics)
    {
        var builder = ImmutableArray.CreateBuilder<Topic>(Topics.Count);
        topics = [];
        foreach (var text in Topics)
        {
            if (!Topic.TryCreate(text, out var topic, out var error)) return error;
            if (CheckText("topic", text) is { } wrong) return wrong;
            if (hub.IsReserved(text)) return $"The topic '{text}' is kept for the hub itself: choose another.";
            builder.Add(topic);
        }

        topics = builder.DrainToImmutable();
        return EventRules.CheckTopics(topics);
    }

    private string? BuildType(out EventType type)
    {
        type = default;
        if (Type is null) return null;
        if (!EventType.TryCreate(Type, out type, out var error)) return error;
        if (Type == ReservedType) return $"The type '{ReservedType}' is kept for the hub's own events: choose another.";
        return CheckText("type", Type) ?? EventRules.CheckType(type);
    }

    private string? BuildId(out EventId id)
    {
        id = default;
        if (Id is null) return null;
        if (!EventId.TryCreate(Id, out id, out var error)) return error;
        if (IsLegacy) return EventRules.CheckId(id);
        if (Id[0] == '#') return "The id begins with '#', as those that the hub makes: choose another, or send none.";
        if (Id == EventRules.EarliestCursor) return "The id 'earliest' means the oldest event to a reader: choose another, or send none.";
        return ProtocolText.Check("id", Id) ?? EventRules.CheckId(id);
    }

    private string? CheckText(string field, string text) => IsLegacy ? null : ProtocolText.Check(field, text);

    private string? CheckKey() => Key is null ? null : ProtocolText.Check("key", Key) ?? CheckUnicode(Key);

    private static string? CheckUnicode(string key) =>
        key.AsSpan().ContainsAnyInRange('\uD800', '\uDFFF') && Encoding.UTF8.GetString(Encoding.UTF8.GetBytes(key)) != key
            ? "The key holds a lone surrogate: it is not Unicode text."
            : null;
}
