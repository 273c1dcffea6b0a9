namespace Siar.Hub;

/// <summary>One subscription of a reader, as others may know of it. Immutable.</summary>
/// <param name="MatchType">How the matcher is read.</param>
/// <param name="Match">The matcher, as the reader sent it.</param>
/// <param name="Payload">What its token tells of it, as JSON without white space; null where it tells nothing.</param>
internal sealed record PresenceSubscription(string MatchType, string Match, string? Payload);

/// <summary>How events tell of subscriptions. The protocol's own: the hub knows only which they are about.</summary>
internal abstract class PresenceForm
{
    /// <summary>Makes the event that tells that a reader's subscription is there, or is no more.</summary>
    public abstract Event Write(Guid reader, PresenceSubscription subscription, bool isActive);

    /// <summary>Whether an event may be one of these. Costs nothing, since it is asked of every event of the log.</summary>
    public abstract bool MayBeOne(Event content);

    /// <summary>Reads what <see cref="Write"/> made; null where it is something else.</summary>
    public abstract PresenceWord? Read(Event content);
}

/// <summary>What an event tells of a subscription.</summary>
internal sealed record PresenceWord(Guid Reader, PresenceSubscription Subscription, bool IsActive);
