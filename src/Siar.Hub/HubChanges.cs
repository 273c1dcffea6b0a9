using System.Collections.Immutable;

namespace Siar.Hub;

/// <summary>What may be changed of a hub while it runs, besides the options that it asks for when it needs them. May be used from any thread.</summary>
internal sealed class HubChanges(IEventLog log, HubOptions options, ImmutableArray<Lane> lanes, SubscriberFactory subscribers)
{
    /// <summary>
    /// Ends the streams of readers that would not be let in any more, and from now on those of readers that were let in before and come to their lanes only
    /// later. A later call takes the place of an earlier one.
    /// </summary>
    /// <param name="isRevoked">Says it of what has let a reader in (<see cref="SubscribeRequest.AdmittedBy"/>). Called on the lanes; must neither wait nor throw.</param>
    public void Revoke(Func<object, bool> isRevoked)
    {
        subscribers.IsRevoked = isRevoked;
        End(s => s.Request.AdmittedBy is { } by && isRevoked(by), RevokedSignal.Untrusted);
    }

    /// <summary>Ends the streams of all whom a revocation means, since what the log holds of them has just been read.</summary>
    public void EndRevoked() => End(s => subscribers.FindRevocation(s) is not null, RevokedSignal.Of(null));

    /// <summary>Ends some streams.</summary>
    /// <param name="isMeant">Which; called on the lanes.</param>
    /// <param name="signal">Why, as they are told.</param>
    public void End(Func<Subscriber, bool> isMeant, RevokedSignal signal)
    {
        foreach (var lane in lanes) lane.Post(LaneMessage.CloseSome(isMeant, signal));
    }

    /// <summary>Has the log keep to the limits of other options from now on.</summary>
    /// <returns>Whether it does; where not, they hold when the hub is started again, or for a shared log when it adopts them.</returns>
    public bool TryChangeRetention(HubOptions newer)
    {
        if (!log.TryChangeLimits(RetentionPlan.Of(newer))) return false;
        (options.Retention, options.ReservedRetention) = (newer.Retention, newer.ReservedRetention);
        return true;
    }
}
