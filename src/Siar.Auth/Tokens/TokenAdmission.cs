namespace Siar.Auth;

/// <summary>
/// What has let a token in: whose key made its signature, and with which algorithm. Kept with a stream, so that it can end when the hub trusts that key no more
/// (<see cref="TokenValidator.Trusts"/>). The key cannot be read from it. Immutable.
/// </summary>
public sealed class TokenAdmission
{
    internal TokenAdmission(TokenDialect dialect, TokenRole role, string? issuer, VerificationKey key, string algorithm)
    {
        Dialect = dialect;
        Role = role;
        Issuer = issuer;
        Key = key;
        Algorithm = algorithm;
    }

    /// <summary>The token's dialect.</summary>
    public TokenDialect Dialect { get; }

    /// <summary>In which role it was checked.</summary>
    public TokenRole Role { get; }

    /// <summary>The token's <c>iss</c>; null for tokens of 0.x.</summary>
    public string? Issuer { get; }

    internal VerificationKey Key { get; }

    internal string Algorithm { get; }
}
