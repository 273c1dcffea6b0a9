using System.Collections.Concurrent;
using System.Collections.Immutable;
using Siar.Auth;
using Siar.Hub;

namespace Siar.AspNetCore;

/// <summary>
/// Who is subscribed on the Mercure path: a list that can be asked, and private events under the hub's own topics when somebody comes or goes.
/// First there, then told; first gone, then told. Beside the lanes and behind publishers: nothing here keeps one waiting. May be used from any
/// thread, where the hub tells of subscriptions at all.
/// </summary>
internal sealed class Presence(EventHub hub, HubUrl url)
{
    private readonly ConcurrentDictionary<string, PresenceSession> _sessions = new();
    private long _numbers;

    /// <summary>How many connections are known.</summary>
    public int Count => _sessions.Count;

    /// <summary>Whether there is a coming or going that no event in the log tells of yet.</summary>
    public bool IsAheadOfLog => Feed.IsIncomplete;

    private PresenceFeed Feed => hub.Presence ?? throw new InvalidOperationException("The hub tells nothing of subscriptions.");

    /// <summary>Makes the word about a connection that is about to begin.</summary>
    public PresenceSession Prepare(ImmutableArray<RequestedMatcher> subscriptions, Grant? grant, string? address, CallerIdentity reader) =>
        new(this, url.Path, Interlocked.Increment(ref _numbers), subscriptions, grant) { Address = address, Reader = reader };

    /// <summary>
    /// Says that somebody asks who is there. Whoever follows from the newest event of afterwards is told of every change, or of a gap.
    /// </summary>
    public ValueTask AskAsync(CancellationToken cancellationToken) => Feed.AskAsync(cancellationToken);

    /// <summary>
    /// The connections that came after one, in the order in which they came. Each is shown only where <see cref="Show"/> allows it. Who comes and goes does
    /// not wait for it.
    /// </summary>
    public List<PresenceSession> List(long after)
    {
        // Values would lock the whole dictionary.
        var all = new List<PresenceSession>();
        foreach (var (_, session) in _sessions)
        {
            if (session.Number > after) all.Add(session);
        }

        all.Sort(static (a, b) => a.Number.CompareTo(b.Number));
        return all;
    }

    /// <summary>The connection of a name; null where there is none.</summary>
    public PresenceSession? Find(string subscriber) => _sessions.TryGetValue(subscriber, out var session) && Show(session) ? session : null;

    /// <summary>Says that an answer is about to show a connection, so that its going is told. False where it has gone.</summary>
    public bool Show(PresenceSession session) => Feed.Show(session);

    /// <summary>Follows a reader that is in its lane to its end.</summary>
    public void Follow(PresenceSession session, Subscriber subscriber)
    {
        // Nothing of the request is held meanwhile.
        using (ExecutionContext.SuppressFlow()) _ = FollowAsync(session, subscriber);
    }

    private async Task FollowAsync(PresenceSession session, Subscriber subscriber)
    {
        _sessions[session.Subscriber] = session;
        Feed.Enter(session);
        await subscriber.Ended;
        _sessions.TryRemove(session.Subscriber, out _);
        Feed.Leave(session);
    }
}
