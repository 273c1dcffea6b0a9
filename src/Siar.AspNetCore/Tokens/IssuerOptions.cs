namespace Siar.AspNetCore;

/// <summary>An issuer of tokens that has keys of its own. Only they are tried for a token that names it.</summary>
public sealed class IssuerOptions
{
    /// <summary>The keys of its publishers' tokens.</summary>
    public TokenKeyOptions Publish { get; } = new();

    /// <summary>The keys of its subscribers' tokens.</summary>
    public TokenKeyOptions Subscribe { get; } = new();
}
