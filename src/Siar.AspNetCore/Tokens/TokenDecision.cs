using Siar.Auth;

namespace Siar.AspNetCore;

/// <summary>What the token in a request says, or why the request is refused for it.</summary>
/// <param name="Grant">What it grants, in the role that was asked for; null where the request is refused.</param>
/// <param name="Text">The token that decided.</param>
/// <param name="EndsAt">When streams that are opened with it must end at the latest.</param>
/// <param name="Refusal">Why the request is refused.</param>
internal readonly record struct TokenDecision(Grant? Grant, string Text, DateTimeOffset? EndsAt, Refusal? Refusal)
{
    /// <summary>The dialect of the token; null where it was not read.</summary>
    public TokenDialect? Dialect { get; init; }

    public static TokenDecision Of(Grant grant, string text, DateTimeOffset? endsAt) => new(grant, text, endsAt, null) { Dialect = grant.Dialect };

    public static TokenDecision Of(Refusal refusal, TokenDialect? dialect = null) => new(null, "", null, refusal) { Dialect = dialect };
}
