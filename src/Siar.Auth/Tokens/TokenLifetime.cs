using System.Text.Json;

namespace Siar.Auth;

/// <summary>The time in which a token is good: <c>nbf</c> and <c>exp</c> (RFC 7519 section 4.1).</summary>
internal static class TokenLifetime
{
    /// <summary>What is wrong with the token's time; null when nothing is.</summary>
    /// <param name="claims">The claims.</param>
    /// <param name="mustExpire">Whether <c>exp</c> is required, as 1.0 does and 0.x does not.</param>
    /// <param name="now">The time.</param>
    /// <param name="tolerance">How far <c>nbf</c> may lie in the future.</param>
    /// <param name="expires">The end, when the token has one.</param>
    public static TokenFailure? Check(JsonElement claims, bool mustExpire, DateTimeOffset now, TimeSpan tolerance, out DateTimeOffset? expires)
    {
        expires = null;
        // RFC 7519, 4.1.4: "Its value MUST be a number". A null is no number, and not a token without an end either: who wrote it meant one.
        if (claims.TryGetProperty("exp", out var exp))
        {
            if (!NumericDate.TryRead(exp, out var end)) return TokenFailure.Invalid("The token's exp is not a number of seconds.");
            expires = end;
        }
        else if (mustExpire)
        {
            return TokenFailure.Invalid("The token has no exp; an access token of Mercure 1.0 must end.");
        }

        // "The processing of the exp claim requires that the current date/time MUST be before the expiration date/time."
        if (now >= expires) return new TokenFailure(TokenFailureKind.Expired, $"The token ended at {expires:u}.");
        if (!claims.TryGet("nbf", out var nbf)) return null;
        if (!NumericDate.TryRead(nbf, out var start)) return TokenFailure.Invalid("The token's nbf is not a number of seconds.");
        return start - now > tolerance ? new TokenFailure(TokenFailureKind.NotYetValid, $"The token is not good before {start:u}.") : null;
    }
}
