using System.Text.Json;
using Siar.Hub;

namespace Siar.AspNetCore;

/// <summary>A subscription as JSON, in the shape of either dialect.</summary>
internal static class PresenceJson
{
    private const string Context = "https://mercure.rocks/";

    /// <summary>Writes one of 1.0.</summary>
    public static void WriteV1(Utf8JsonWriter json, string id, PresenceSubscription subscription, string subscriber, bool isActive)
    {
        json.WriteStartObject();
        json.WriteString("id"u8, id);
        json.WriteString("type"u8, "subscription"u8);
        json.WriteString("subscriber"u8, subscriber);
        json.WriteString("match"u8, subscription.Match);
        json.WriteString("match_type"u8, subscription.MatchType);
        json.WriteBoolean("active"u8, isActive);
        WritePayload(json, subscription.Payload);
        json.WriteEndObject();
    }

    /// <summary>Writes one of 0.x.</summary>
    /// <param name="json">Where to.</param>
    /// <param name="id">Its path.</param>
    /// <param name="match">The topic selector.</param>
    /// <param name="subscriber">The subscriber's name.</param>
    /// <param name="isActive">Whether it is there.</param>
    /// <param name="payload">What its token tells of it.</param>
    /// <param name="isWhole">Whether it stands by itself, with the context that a list has once.</param>
    /// <param name="lastEventId">The newest event's id; null where it is not told.</param>
    public static void WriteV0(
        Utf8JsonWriter json, string id, string match, string subscriber, bool isActive, string? payload, bool isWhole, string? lastEventId = null)
    {
        json.WriteStartObject();
        if (isWhole) json.WriteString("@context"u8, Context);
        json.WriteString("id"u8, id);
        json.WriteString("type"u8, "Subscription"u8);
        json.WriteString("subscriber"u8, subscriber);
        json.WriteString("topic"u8, match);
        json.WriteBoolean("active"u8, isActive);
        WritePayload(json, payload);
        if (lastEventId is not null) json.WriteString("lastEventID"u8, lastEventId);
        json.WriteEndObject();
    }

    /// <summary>Begins a list; the items follow, and then the ends of an array and an object.</summary>
    public static void BeginList(Utf8JsonWriter json, string id, bool isV1, string lastEventId)
    {
        json.WriteStartObject();
        if (!isV1) json.WriteString("@context"u8, Context);
        json.WriteString("id"u8, id);
        json.WriteString("type"u8, isV1 ? "subscriptions"u8 : "Subscriptions"u8);
        if (!isV1) json.WriteString("lastEventID"u8, lastEventId);
        json.WriteStartArray("subscriptions"u8);
    }

    private static void WritePayload(Utf8JsonWriter json, string? payload)
    {
        if (payload is null) return;
        json.WritePropertyName("payload"u8);
        json.WriteRawValue(payload, skipInputValidation: true);
    }
}
