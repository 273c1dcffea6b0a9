using Siar.Auth;

namespace Siar.AspNetCore;

/// <summary>Either what a caller may do, or why the request is refused.</summary>
internal readonly record struct AccessDecision(SiarAccess? Access, Refusal? Refusal)
{
    /// <summary>The dialect of the token that decided; null where none did.</summary>
    public TokenDialect? Dialect { get; init; }

    public static AccessDecision Of(in TokenDecision decision) => new(decision.Grant is null ? null : SiarAccess.OfToken(decision), decision.Refusal) { Dialect = decision.Dialect };

    public static implicit operator AccessDecision(SiarAccess access) => new(access, null) { Dialect = access.Grant?.Dialect };

    public static implicit operator AccessDecision(Refusal refusal) => new(null, refusal);
}
