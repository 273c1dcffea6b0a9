using System.Text.Json;

namespace Siar.Auth;

/// <summary>
/// What a token must say of itself besides who made it: in 1.0 its type and audience (Mercure draft-08, RFC 9068 section 4), and in both dialects the time in
/// which it is good: <c>nbf</c> and <c>exp</c> (RFC 7519 section 4.1).
/// </summary>
internal static class TokenRules
{
    /// <summary>What is wrong with the header's type; null when nothing is.</summary>
    public static TokenFailure? CheckType(string? type)
    {
        // RFC 9068 section 4: "at+jwt" or "application/at+jwt", and media types have no case.
        if (string.Equals(type, "at+jwt", StringComparison.OrdinalIgnoreCase) || string.Equals(type, "application/at+jwt", StringComparison.OrdinalIgnoreCase)) return null;
        return TokenFailure.Invalid($"The token's typ is {(type is null ? "missing" : QuotedText.Of(type))}; an access token of Mercure 1.0 has at+jwt. (A 0.x token would have a mercure claim.)");
    }

    /// <summary>What is wrong with the audience; null when nothing is.</summary>
    public static TokenFailure? CheckAudience(JsonElement claims, string expected)
    {
        if (!claims.TryGet("aud", out var audience)) return TokenFailure.Invalid($"The token has no aud; it must name {expected}.");
        if (audience.TryGetText(out var one))
        {
            return one == expected ? null : TokenFailure.Invalid($"The token's aud is {QuotedText.Of(one)}; it must name {expected}.");
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

    /// <summary>What is wrong with the token's time; null when nothing is.</summary>
    /// <param name="claims">The claims.</param>
    /// <param name="mustExpire">Whether <c>exp</c> is required, as 1.0 does and 0.x does not.</param>
    /// <param name="now">The time.</param>
    /// <param name="tolerance">How far <c>nbf</c> may lie in the future.</param>
    /// <param name="expires">The end, when the token has one.</param>
    public static TokenFailure? CheckLifetime(JsonElement claims, bool mustExpire, DateTimeOffset now, TimeSpan tolerance, out DateTimeOffset? expires)
    {
        expires = null;
        // RFC 7519, 4.1.4: "Its value MUST be a number". A null is no number, and not a token without an end either: who wrote it meant one.
        if (claims.TryGetProperty("exp", out var exp))
        {
            if (!TryReadDate(exp, out var end)) return TokenFailure.Invalid("The token's exp is not a number of seconds.");
            expires = end;
        }
        else if (mustExpire)
        {
            return TokenFailure.Invalid("The token has no exp; an access token of Mercure 1.0 must end.");
        }

        // "The processing of the exp claim requires that the current date/time MUST be before the expiration date/time."
        if (now >= expires) return new TokenFailure(TokenFailureKind.Expired, $"The token ended at {expires:u}.");
        if (!claims.TryGet("nbf", out var nbf)) return null;
        if (!TryReadDate(nbf, out var start)) return TokenFailure.Invalid("The token's nbf is not a number of seconds.");
        return start - now > tolerance ? new TokenFailure(TokenFailureKind.NotYetValid, $"The token is not good before {start:u}.") : null;
    }

    /// <summary>Reads a moment (RFC 7519 section 2): seconds since 1970-01-01 UTC, whole or not; one beyond the calendar becomes its nearest end.</summary>
    private static bool TryReadDate(JsonElement value, out DateTimeOffset moment)
    {
        moment = default;
        if (value.ValueKind != JsonValueKind.Number || !value.TryGetDouble(out var seconds) || double.IsNaN(seconds)) return false;
        if (seconds >= DateTimeOffset.MaxValue.ToUnixTimeSeconds()) moment = DateTimeOffset.MaxValue;
        else if (seconds <= DateTimeOffset.MinValue.ToUnixTimeSeconds()) moment = DateTimeOffset.MinValue;
        else moment = DateTimeOffset.UnixEpoch.AddSeconds(seconds);
        return true;
    }
}
