using Siar.Auth;

namespace Siar.AspNetCore;

/// <summary>Which subscriptions a path below <c>…/subscriptions</c> means; what it does not name is null and means any.</summary>
internal sealed record SubscriptionSelector(string? MatchType, string? Match, string? Subscriber)
{
    private static readonly Refusal Unknown = new(StatusCodes.Status404NotFound, RefusalReason.Invalid, "Not Found");

    /// <summary>Reads the rest of a path as it came on the wire.</summary>
    public static Refusal? Read(string? rest, TokenDialect dialect, out SubscriptionSelector? selector)
    {
        selector = new SubscriptionSelector(null, null, null);
        if (rest is null) return null;
        var parts = new List<string>();
        foreach (var part in rest.Split('/'))
        {
            if (PercentText.Decode(part, isForm: false, out var decoded) is { } error) return Refusal.Invalid($"A part of the path {error}");
            parts.Add(decoded);
        }

        var isV1 = dialect is TokenDialect.V1;
        if (isV1 && !MercureSubscription.IsKnownType(parts[0])) return Refusal.Invalid("The match_type in the path is not known: it is exact, urlpattern or uritemplate.");
        var matchType = isV1 ? parts[0] : null;
        if (isV1) parts.RemoveAt(0);
        selector = new SubscriptionSelector(matchType, parts.ElementAtOrDefault(0), parts.ElementAtOrDefault(1));
        return parts.Count is 1 or 2 ? null : Unknown;
    }

    public bool Matches(MercureSubscription subscription) =>
        (MatchType is null || MatchType == subscription.MatchType) && (Match is null || Match == subscription.Match);
}
