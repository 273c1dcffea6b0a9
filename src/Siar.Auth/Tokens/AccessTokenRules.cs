using System.Text.Json;

namespace Siar.Auth;

/// <summary>What a 1.0 token must say of itself (Mercure draft-08, RFC 9068 section 4) besides who made it and when it ends.</summary>
internal static class AccessTokenRules
{
    /// <summary>What is wrong with the header's type; null when nothing is.</summary>
    public static TokenFailure? CheckType(string? type)
    {
        // RFC 9068 section 4: "at+jwt" or "application/at+jwt", and media types have no case.
        if (string.Equals(type, "at+jwt", StringComparison.OrdinalIgnoreCase) || string.Equals(type, "application/at+jwt", StringComparison.OrdinalIgnoreCase)) return null;
        return TokenFailure.Invalid($"The token's typ is {(type is null ? "missing" : Quoted.Of(type))}; an access token of Mercure 1.0 has at+jwt. (A 0.x token would have a mercure claim.)");
    }

    /// <summary>What is wrong with the audience; null when nothing is.</summary>
    public static TokenFailure? CheckAudience(JsonElement claims, string expected)
    {
        if (!claims.TryGet("aud", out var audience)) return TokenFailure.Invalid($"The token has no aud; it must name {expected}.");
        if (audience.TryGetText(out var one))
        {
            return one == expected ? null : TokenFailure.Invalid($"The token's aud is {Quoted.Of(one)}; it must name {expected}.");
        }

        if (audience.ValueKind != JsonValueKind.Array) return TokenFailure.Invalid("The token's aud is neither a string nor an array.");
        var found = false;
        foreach (var entry in audience.EnumerateArray())
        {
            if (!entry.TryGetText(out var text)) return TokenFailure.Invalid("The token's aud holds something else than strings.");
            found |= text == expected;
        }

        return found ? null : TokenFailure.Invalid($"The token's aud does not hold {expected}.");
    }
}
