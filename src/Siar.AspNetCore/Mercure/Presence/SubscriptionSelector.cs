using Siar.Auth;
using Siar.Hub;

namespace Siar.AspNetCore;

/// <summary>Which subscriptions a path below <c>…/subscriptions</c> means; what it does not name is null and means any.</summary>
internal sealed record SubscriptionSelector(string? MatchType, string? Match, string? Subscriber)
{
    private static readonly Refusal Unknown = new(StatusCodes.Status404NotFound, RefusalReason.Invalid, "Not Found");

    /// <summary>Reads the rest of a path as it came on the wire; what is wrong is noted on the fields.</summary>
    public static SubscriptionSelector Read(string? rest, TokenDialect dialect, RequestFields fields)
    {
        if (rest is null) return new SubscriptionSelector(null, null, null);
        var parts = new List<string>();
        foreach (var part in rest.Split('/'))
        {
            if (RequestText.Decode(part, isForm: false, out var decoded) is { } error) fields.Refuse(Refusal.Invalid($"A part of the path {error}"));
            parts.Add(decoded);
        }

        string? matchType = null;
        if (dialect is TokenDialect.V1)
        {
            if (!RequestedMatcher.IsKnownType(parts[0])) fields.Refuse(Refusal.Invalid("The match_type in the path is not known: it is exact, urlpattern or uritemplate."));
            matchType = parts[0];
            parts.RemoveAt(0);
        }

        if (parts.Count is not (1 or 2)) fields.Refuse(Unknown);
        return new SubscriptionSelector(matchType, parts.ElementAtOrDefault(0), parts.ElementAtOrDefault(1));
    }

    public bool Matches(PresenceSubscription subscription) =>
        (MatchType is null || MatchType == subscription.MatchType) && (Match is null || Match == subscription.Match);
}
