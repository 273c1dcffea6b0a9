using System.Diagnostics.CodeAnalysis;

namespace Siar.Auth;

/// <summary>A grant, or why there is none. Immutable; may be used from any thread.</summary>
public sealed class TokenResult
{
    private TokenResult(Grant? grant, TokenFailure? failure)
    {
        Grant = grant;
        Failure = failure;
    }

    /// <summary>What the token allows; null when it was refused.</summary>
    public Grant? Grant { get; }

    /// <summary>Why the token was refused; null when it was accepted.</summary>
    public TokenFailure? Failure { get; }

    /// <summary>The dialect that the token's claims are of; 1.0 where the token could not be read. Of a refused token it is only what it says of itself.</summary>
    public TokenDialect Dialect => Grant?.Dialect ?? Failure!.Dialect;

    /// <summary>Whether the token was accepted.</summary>
    [MemberNotNullWhen(true, nameof(Grant))]
    [MemberNotNullWhen(false, nameof(Failure))]
    public bool Succeeded => Grant is not null;

    /// <summary>Turns a grant into the result of an accepted token.</summary>
    public static implicit operator TokenResult(Grant grant) => Accepted(grant);

    /// <summary>Turns a failure into the result of a refused token.</summary>
    public static implicit operator TokenResult(TokenFailure failure) => Refused(failure);

    /// <summary>The result of an accepted token.</summary>
    public static TokenResult Accepted(Grant grant) => new(grant, null);

    /// <summary>The result of a refused token.</summary>
    public static TokenResult Refused(TokenFailure failure) => new(null, failure);
}
