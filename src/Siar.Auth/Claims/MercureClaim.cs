using System.Collections.Immutable;
using System.Diagnostics.CodeAnalysis;
using System.Text;
using System.Text.Json;
using Siar.Topics;

namespace Siar.Auth;

/// <summary>
/// Reads the claim of Mercure 0.x: <c>{"publish": [...], "subscribe": [...], "payload": any}</c> under <c>https://mercure.rocks/</c> or, when that
/// one is absent, <c>mercure</c>. The claim may also be a string that holds that object as JSON, for issuers whose claims are all strings.
/// </summary>
internal static class MercureClaim
{
    public const string PlainName = "mercure";

    public const string NamespacedName = "https://mercure.rocks/";

    /// <summary>Whether the claims hold it, valid or not.</summary>
    public static bool AppliesTo(JsonElement claims) => TryFind(claims, out _, out _);

    /// <summary>Reads the claim, which must be there.</summary>
    public static bool TryRead(JsonElement claims, TokenLimits limits, [NotNullWhen(true)] out ClaimedGrants? grants, [NotNullWhen(false)] out TokenFailure? failure)
    {
        grants = null;
        if (!TryFind(claims, out var name, out var claim))
        {
            failure = TokenFailure.Invalid("The token has no mercure claim.");
            return false;
        }

        if (!claim.TryGetText(out var text)) return TryReadObject(name, claim, limits, out grants, out failure);
        if (StrictJson.TryParseObject(Encoding.UTF8.GetBytes(text), out var document))
        {
            using (document) return TryReadObject(name, document.RootElement, limits, out grants, out failure);
        }

        failure = TokenFailure.Invalid($"The claim {name} is a string that holds no JSON object.");
        return false;
    }

    private static bool TryFind(JsonElement claims, [NotNullWhen(true)] out string? name, out JsonElement claim)
    {
        name = claims.TryGet(NamespacedName, out claim) ? NamespacedName
            : claims.TryGet(PlainName, out claim) ? PlainName
            : null;
        return name is not null;
    }

    private static bool TryReadObject(
        string name, JsonElement claim, TokenLimits limits, [NotNullWhen(true)] out ClaimedGrants? grants, [NotNullWhen(false)] out TokenFailure? failure)
    {
        grants = null;
        if (claim.ValueKind != JsonValueKind.Object)
        {
            failure = TokenFailure.Invalid($"The claim {name} is not an object.");
            return false;
        }

        if (!TryReadSelectors(name, claim, "publish", limits, out var publish, out failure)
            || !TryReadSelectors(name, claim, "subscribe", limits, out var subscribe, out failure)) return false;

        grants = new ClaimedGrants
        {
            HasPublishClaim = claim.TryGet("publish", out _),
            Publish = publish,
            Subscribe = subscribe,
            Payloads = claim.TryGet("payload", out var payload) ? [new GrantPayload(MatcherSet.All, payload.Clone())] : [],
        };
        return true;
    }

    private static bool TryReadSelectors(
        string name, JsonElement claim, string list, TokenLimits limits, out ImmutableArray<Matcher> matchers, [NotNullWhen(false)] out TokenFailure? failure)
    {
        matchers = [];
        failure = null;
        if (!claim.TryGet(list, out var selectors)) return true;
        if (selectors.ValueKind != JsonValueKind.Array)
        {
            failure = TokenFailure.Invalid($"The claim {name} has a {list} that is not an array.");
            return false;
        }

        if (selectors.GetArrayLength() > limits.MaxMatchers)
        {
            failure = TokenFailure.LimitExceeded($"The claim {name} has more than {limits.MaxMatchers} selectors in {list}.");
            return false;
        }

        var read = ImmutableArray.CreateBuilder<Matcher>(selectors.GetArrayLength());
        foreach (var selector in selectors.EnumerateArray())
        {
            if (!selector.TryGetText(out var text))
            {
                failure = TokenFailure.Invalid($"The claim {name} has a selector in {list} that is not a string.");
                return false;
            }

            read.Add(Matcher.FromSelector(text));
        }

        matchers = read.MoveToImmutable();
        return true;
    }
}
