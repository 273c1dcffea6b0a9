using System.Buffers;
using System.Collections.Immutable;
using System.Runtime.InteropServices;
using System.Text;
using System.Text.Json;
using Siar.Auth;
using Siar.Hub;

namespace Siar.AspNetCore;

/// <summary>One connection of the Mercure path as others may know of it. Immutable, but for what the queue of changes notes on it.</summary>
internal sealed class PresenceSession(
    Presence presence, PresenceForm form, string hubPath, ImmutableArray<RequestedMatcher> subscriptions, Grant? grant)
    : PresenceEntry
{
    // Names, types and braces of the JSON, and the path, the type and the subscriber in it and in the two topics.
    private const int FixedBytes = 640;

    // The matcher stands in both topics and in the id, where a character may be nine bytes long, and once by itself, where it may be six.
    private const int BytesOfCharacter = (3 * 9) + 6;

    public override int Subscriptions => subscriptions.Length;

    /// <summary>Tells that the reader is there, and when it has gone, that it is no more.</summary>
    public void Begin(Subscriber subscriber) => presence.Follow(this, subscriber);

    public override int BytesOf(int subscription) => FixedBytes + (4 * hubPath.Length) + BytesOfText(subscriptions[subscription].Match)
        + (PayloadOf(subscription) is { } payload ? JsonMarshal.GetRawUtf8Value(payload).Length : 0);

    public override Event MakeEvent(int subscription, bool isActive) => form.Write(Id, Describe(subscription), isActive);

    public override PresenceSubscription Describe(int subscription) =>
        new(subscriptions[subscription].MatchType, subscriptions[subscription].Match, PayloadOf(subscription) is { } payload ? Compact(payload) : null);

    public override PresenceEntry Renew(Guid id) => new PresenceSession(presence, form, hubPath, subscriptions, grant) { Id = id, Address = Address, Reader = Reader };

    // What the subscriber's token tells others of it, for one of its subscriptions.
    private JsonElement? PayloadOf(int subscription) => grant?.PayloadFor(subscriptions[subscription].Match);

    private static string Compact(JsonElement payload)
    {
        var bytes = new ArrayBufferWriter<byte>();
        using (var json = new Utf8JsonWriter(bytes, EventJson.WriterOptions)) payload.WriteTo(json);
        return Encoding.UTF8.GetString(bytes.WrittenSpan);
    }

    // Most matchers are letters, digits and what is percent-encoded as three.
    private static int BytesOfText(string match) => match.Length * (Ascii.IsValid(match) ? (3 * 3) + 2 : BytesOfCharacter);
}
