namespace Siar.Auth;

/// <summary>Whose tokens count, and for what.</summary>
public sealed class TokenValidatorOptions
{
    /// <summary>
    /// The issuers of 1.0 tokens and their keys. A token's <c>iss</c> must equal one of the names byte for byte, and only that issuer's keys are tried.
    /// </summary>
    public IDictionary<string, RoleKeys> Issuers { get; } = new Dictionary<string, RoleKeys>();

    /// <summary>
    /// The keys of 0.x tokens; null (the default) refuses them. That dialect has no rule about issuer, audience or type, so a key belongs here only when
    /// whoever holds it makes tokens for this hub alone.
    /// </summary>
    public RoleKeys? LegacyKeys { get; set; }

    /// <summary>The hub's own URL, against which URL Patterns in tokens are resolved; null when patterns must be absolute.</summary>
    public string? BaseUrl { get; set; }

    /// <summary>How much one token may hold.</summary>
    public TokenLimits Limits { get; set; } = new();

    /// <summary>
    /// How far <c>nbf</c> may lie in the future: an issuer whose clock is a little ahead would otherwise make tokens that fail at once, and an
    /// <c>EventSource</c> that is refused does not try again. Zero to five minutes. Default 5 seconds. There is no such grace for <c>exp</c>: a stream must end by then.
    /// </summary>
    public TimeSpan NotBeforeTolerance { get; set => field = SettingRange.Check(value, TimeSpan.Zero, TimeSpan.FromMinutes(5)); } = TimeSpan.FromSeconds(5);

    /// <summary>
    /// Trusts the same keys for 0.x tokens and for 1.0 tokens of the named issuers: what a hub has whose configuration is one key for each role.
    /// </summary>
    /// <param name="keys">The keys.</param>
    /// <param name="issuers">The names that 1.0 tokens made with them may bear.</param>
    public void Trust(RoleKeys keys, params IEnumerable<string> issuers)
    {
        LegacyKeys = keys;
        foreach (var issuer in issuers) Issuers[issuer] = keys;
    }
}
