using System.Buffers;
using System.Text.Json;
using Siar.Hub;
using Siar.Topics;
using Siar.Wire;

namespace Siar.AspNetCore;

/// <summary>Events about subscriptions as Mercure 1.0 has them. One event for both dialects: the topic of 0.x is an alternate of that of 1.0.</summary>
internal sealed class MercurePresenceForm(string hubPath) : PresenceForm
{
    private static readonly EventType Type = EventType.Parse(EventInput.ReservedType);

    private readonly string _prefix = hubPath + PresenceTopics.Segment + "/";

    public override Event Write(Guid reader, PresenceSubscription subscription, bool isActive)
    {
        var subscriber = ReaderId.ToIri(reader);
        var id = PresenceTopics.OfV1(hubPath, subscription.MatchType, subscription.Match, subscriber);
        var data = new ArrayBufferWriter<byte>();
        using (var json = new Utf8JsonWriter(data, EventJson.WriterOptions)) PresenceJson.WriteV1(json, id, subscription, subscriber, isActive);
        return Event.Reserved([Topic.Parse(id), Topic.Parse(PresenceTopics.OfV0(hubPath, subscription.Match, subscriber))], data.WrittenMemory, Type);
    }

    public override bool MayBeOne(Event content) =>
        content.Type is { IsNone: false, Value: EventInput.ReservedType } && content.Topics[0].Value.StartsWith(_prefix, StringComparison.Ordinal);

    // The application's own code can publish anything under these topics.
    public override PresenceWord? Read(Event content)
    {
        try
        {
            using var document = JsonDocument.Parse(content.Data);
            var root = document.RootElement;
            if (!ReaderId.TryParseIri(root.GetProperty("subscriber"u8).GetString(), out var reader)) return null;
            var subscription = new PresenceSubscription(
                root.GetProperty("match_type"u8).GetString() ?? "", root.GetProperty("match"u8).GetString() ?? "",
                root.TryGetProperty("payload"u8, out var payload) ? payload.GetRawText() : null);
            return new PresenceWord(reader, subscription, root.GetProperty("active"u8).GetBoolean());
        }
        catch (Exception failure) when (failure is JsonException or KeyNotFoundException or InvalidOperationException)
        {
            return null;
        }
    }
}
