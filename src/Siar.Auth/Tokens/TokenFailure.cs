namespace Siar.Auth;

/// <summary>Why a token was refused. Immutable.</summary>
/// <param name="Kind">The kind of failure.</param>
/// <param name="Reason">
/// A sentence for the hub's log, safe to write there (what it repeats of the token is escaped and cut short). Never for the client: the
/// protocol gives no reason.
/// </param>
public sealed record TokenFailure(TokenFailureKind Kind, string Reason)
{
    /// <summary>The dialect that the token's claims are of, believed or not; 1.0 where it could not be read.</summary>
    public TokenDialect Dialect { get; init; }

    internal static TokenFailure Malformed(string reason) => new(TokenFailureKind.Malformed, reason);

    internal static TokenFailure Untrusted(string reason) => new(TokenFailureKind.Untrusted, reason);

    internal static TokenFailure Invalid(string reason) => new(TokenFailureKind.Invalid, reason);

    internal static TokenFailure LimitExceeded(string reason) => new(TokenFailureKind.LimitExceeded, reason);
}
