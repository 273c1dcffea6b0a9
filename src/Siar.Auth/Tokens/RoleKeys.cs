namespace Siar.Auth;

/// <summary>The keys of one issuer, by role; a role without keys is closed to that issuer's tokens. Immutable.</summary>
public sealed record RoleKeys
{
    /// <summary>The keys that tokens of publishers are checked with.</summary>
    public KeySource? Publish { get; init; }

    /// <summary>The keys that tokens of subscribers are checked with.</summary>
    public KeySource? Subscribe { get; init; }

    /// <summary>The same keys in both roles.</summary>
    public static RoleKeys Both(KeySource keys) => new() { Publish = keys, Subscribe = keys };

    internal KeySource? Of(TokenRole role) => role == TokenRole.Publish ? Publish : Subscribe;
}
