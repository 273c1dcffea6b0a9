using System.Collections.Immutable;
using Siar.Auth;
using Siar.Hub;

namespace Siar.AspNetCore;

/// <summary>
/// Who is subscribed on the Mercure path, at whichever hub of the log: a list that can be asked, and private events under the hub's own topics when somebody comes or goes.
/// First there, then told; first gone, then told. Beside the lanes and behind publishers: nothing here keeps one waiting. May be used from any
/// thread, where the hub tells of subscriptions at all.
/// </summary>
internal sealed class Presence(EventHub hub, HubUrl url)
{
    private readonly MercurePresenceForm _form = new(url.Path);

    /// <summary>How many connections of this hub are known.</summary>
    public int Count => hub.Members.Readers.Count;

    /// <summary>Whether there is a coming or going that no event in the log tells of yet.</summary>
    public bool IsAheadOfLog => Feed.IsIncomplete;

    private PresenceFeed Feed => hub.Presence ?? throw new InvalidOperationException("The hub tells nothing of subscriptions.");

    /// <summary>Makes the word about a connection that is about to begin.</summary>
    public PresenceSession Prepare(ImmutableArray<RequestedMatcher> subscriptions, Grant? grant, string? address, CallerIdentity reader) =>
        new(this, _form, url.Path, subscriptions, grant) { Id = hub.Members.Readers.NewId(), Address = address, Reader = reader };

    /// <summary>
    /// Says that somebody asks who is there. Whoever follows from the newest event of afterwards is told of every change, or of a gap.
    /// </summary>
    public ValueTask AskAsync(CancellationToken cancellationToken) => Feed.AskAsync(cancellationToken);

    /// <summary>Waits until what the log tells of other hubs' connections up to now is known here.</summary>
    public Task KnowAllAsync(CancellationToken cancellationToken) => hub.Members.KnowAllAsync(cancellationToken);

    /// <summary>
    /// The connections that come after one in their order: those of one hub as they came. One of this hub's is shown only where <see cref="Show"/> allows it.
    /// </summary>
    public List<KnownReader> List(Guid after) => hub.Members.List(after);

    /// <summary>The connection of a name; null where there is none.</summary>
    public KnownReader? Find(string subscriber) =>
        ReaderId.TryParseIri(subscriber, out var id) && hub.Members.Find(id) is { } reader && Show(reader) ? reader : null;

    /// <summary>Says that an answer is about to show a connection, so that its going is told. False where it has gone.</summary>
    public bool Show(KnownReader reader) => reader.Local is not { } local || Feed.Show(local);

    /// <summary>Follows a reader that is in its lane to its end.</summary>
    public void Follow(PresenceSession session, Subscriber subscriber)
    {
        // Nothing of the request is held meanwhile.
        using (ExecutionContext.SuppressFlow()) _ = FollowAsync(session, subscriber);
    }

    private async Task FollowAsync(PresenceSession session, Subscriber subscriber)
    {
        var seat = hub.Members.Readers.Enter(session);
        await subscriber.Ended;
        hub.Members.Readers.Leave(seat);
    }
}
