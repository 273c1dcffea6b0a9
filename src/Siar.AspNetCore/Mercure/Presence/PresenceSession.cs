using System.Collections.Immutable;
using System.Text.Json;
using Siar.Auth;
using Siar.Hub;

namespace Siar.AspNetCore;

/// <summary>One connection of the Mercure path as others may know of it. Immutable.</summary>
internal sealed class PresenceSession(Presence presence, long number, ImmutableArray<MercureSubscription> subscriptions, Grant? grant)
{
    /// <summary>The connection's name, made by the hub and used once.</summary>
    public string Subscriber { get; } = $"urn:uuid:{Guid.NewGuid()}";

    /// <summary>Its place in the order in which they came.</summary>
    public long Number => number;

    public ImmutableArray<MercureSubscription> Subscriptions => subscriptions;

    /// <summary>What the subscriber's token tells others of it, for one of its subscriptions.</summary>
    public JsonElement? PayloadOf(MercureSubscription subscription) => grant?.PayloadFor(subscription.Match);

    /// <summary>Tells that the reader is there, and when it has gone, that it is no more.</summary>
    public void Begin(Subscriber subscriber) => presence.Follow(this, subscriber);
}
