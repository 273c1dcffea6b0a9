using System.Buffers;
using System.Collections.Concurrent;
using System.Collections.Immutable;
using System.Text.Json;
using Microsoft.Extensions.Logging;
using Siar.Auth;
using Siar.Hub;
using Siar.Topics;
using Siar.Wire;

namespace Siar.AspNetCore;

/// <summary>
/// Who is subscribed on the Mercure path: a list that can be asked, and private events under the hub's own topics when somebody comes or goes.
/// First there, then told; first gone, then told. Beside the lanes: nothing here keeps one waiting. May be used from any thread.
/// </summary>
internal sealed partial class Presence(EventHub hub, HubIdentity identity, ILogger<Presence> logger)
{
    private static readonly EventType Type = EventType.Parse(EventFields.ReservedType);

    private readonly ConcurrentDictionary<string, PresenceSession> _sessions = new();
    private long _numbers;

    /// <summary>How many connections are known.</summary>
    public int Count => _sessions.Count;

    /// <summary>Makes the word about a connection that is about to begin.</summary>
    public PresenceSession Prepare(ImmutableArray<MercureSubscription> subscriptions, Grant? grant) =>
        new(this, Interlocked.Increment(ref _numbers), subscriptions, grant);

    /// <summary>The connections of this moment, in the order in which they came.</summary>
    public PresenceSession[] List()
    {
        PresenceSession[] all = [.. _sessions.Values];
        Array.Sort(all, static (a, b) => a.Number.CompareTo(b.Number));
        return all;
    }

    /// <summary>The connection of a name; null where there is none.</summary>
    public PresenceSession? Find(string subscriber) => _sessions.GetValueOrDefault(subscriber);

    /// <summary>Follows a reader that is in its lane to its end.</summary>
    public void Follow(PresenceSession session, Subscriber subscriber)
    {
        // Nothing of the request is held meanwhile.
        using (ExecutionContext.SuppressFlow()) _ = FollowAsync(session, subscriber);
    }

    private async Task FollowAsync(PresenceSession session, Subscriber subscriber)
    {
        _sessions[session.Subscriber] = session;
        await AnnounceAsync(session, isActive: true);
        await subscriber.Ended;
        _sessions.TryRemove(session.Subscriber, out _);
        await AnnounceAsync(session, isActive: false);
    }

    private async Task AnnounceAsync(PresenceSession session, bool isActive)
    {
        try
        {
            await hub.PublishReservedAsync([.. session.Subscriptions.Select(s => EventOf(session, s, isActive))]);
        }
        catch (HubStoppedException)
        {
            // There is nobody left to tell.
        }
        catch (LogUnavailableException)
        {
            // The log takes nothing from anybody, and the hub tells of that.
        }
        catch (Exception failure)
        {
            LogNotTold(failure);
        }
    }

    private Event EventOf(PresenceSession session, MercureSubscription subscription, bool isActive)
    {
        var id = PresenceTopics.OfV1(identity.Path, subscription, session.Subscriber);
        var data = new ArrayBufferWriter<byte>();
        using (var json = new Utf8JsonWriter(data, EventJson.WriterOptions))
            PresenceJson.WriteV1(json, id, subscription, session.Subscriber, isActive, session.PayloadOf(subscription));
        // One event: the topic of 0.x is an alternate of that of 1.0.
        var topics = ImmutableArray.Create(Topic.Parse(id), Topic.Parse(PresenceTopics.OfV0(identity.Path, subscription.Match, session.Subscriber)));
        return Event.Reserved(topics, data.WrittenMemory, Type);
    }

    [LoggerMessage(3, LogLevel.Error, "A change of who is subscribed could not be published.")]
    private partial void LogNotTold(Exception failure);
}
