namespace Siar.AspNetCore;

/// <summary>What <c>WWW-Authenticate</c> says (RFC 6750, 3; RFC 9728, 5.1).</summary>
internal sealed class BearerChallenge(HubIdentity identity, IEnumerable<TokenAuthority> authorities)
{
    private readonly bool _hasTokens = authorities.Any();

    /// <summary>The challenge for a refusal; null where it has none.</summary>
    public string? Of(Refusal refusal)
    {
        // RFC 9110, 15.5.2: "The server generating a 401 response MUST send a WWW-Authenticate header field".
        if (refusal.Status != 401 && (refusal.BearerError is null || !_hasTokens)) return null;
        if (!_hasTokens) return "Bearer";
        var metadata = $"resource_metadata=\"{identity.MetadataUrl}\"";
        return refusal.BearerError is { } error ? $"Bearer error=\"{error}\", {metadata}" : $"Bearer {metadata}";
    }
}
