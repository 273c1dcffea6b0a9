using System.Buffers;
using System.Collections.Immutable;
using System.Runtime.InteropServices;
using System.Text.Json;
using Siar.Auth;
using Siar.Hub;
using Siar.Topics;
using Siar.Wire;

namespace Siar.AspNetCore;

/// <summary>One connection of the Mercure path as others may know of it. Immutable, but for what the queue of changes notes on it.</summary>
internal sealed class PresenceSession(
    Presence presence, string hubPath, long number, ImmutableArray<RequestedMatcher> subscriptions, Grant? grant)
    : PresenceEntry
{
    private static readonly EventType Type = EventType.Parse(EventInput.ReservedType);

    // Names, types and braces of the JSON, and the path, the type and the subscriber in it and in the two topics.
    private const int FixedBytes = 640;

    // The matcher stands in both topics and in the id, where a character may be nine bytes long, and once by itself, where it may be six.
    private const int BytesOfCharacter = (3 * 9) + 6;

    /// <summary>The connection's name, made by the hub and used once.</summary>
    public string Subscriber { get; } = $"urn:uuid:{Guid.NewGuid()}";

    /// <summary>Its place in the order in which they came.</summary>
    public long Number => number;

    public ImmutableArray<RequestedMatcher> List => subscriptions;

    public override int Subscriptions => subscriptions.Length;

    /// <summary>What the subscriber's token tells others of it, for one of its subscriptions.</summary>
    public JsonElement? PayloadOf(RequestedMatcher subscription) => grant?.PayloadFor(subscription.Match);

    /// <summary>Tells that the reader is there, and when it has gone, that it is no more.</summary>
    public void Begin(Subscriber subscriber) => presence.Follow(this, subscriber);

    public override int BytesOf(int subscription) => FixedBytes + (4 * hubPath.Length) + BytesOfText(subscriptions[subscription].Match)
        + (PayloadOf(subscriptions[subscription]) is { } payload ? JsonMarshal.GetRawUtf8Value(payload).Length : 0);

    // One event: the topic of 0.x is an alternate of that of 1.0.
    public override Event MakeEvent(int subscription, bool isActive)
    {
        var of = subscriptions[subscription];
        var id = PresenceTopics.OfV1(hubPath, of, Subscriber);
        var data = new ArrayBufferWriter<byte>();
        using (var json = new Utf8JsonWriter(data, EventJson.WriterOptions)) PresenceJson.WriteV1(json, id, of, Subscriber, isActive, PayloadOf(of));
        return Event.Reserved([Topic.Parse(id), Topic.Parse(PresenceTopics.OfV0(hubPath, of.Match, Subscriber))], data.WrittenMemory, Type);
    }

    // Most matchers are letters, digits and what is percent-encoded as three.
    private static int BytesOfText(string match) => match.Length * (System.Text.Ascii.IsValid(match) ? (3 * 3) + 2 : BytesOfCharacter);
}
