using Siar.Auth;

namespace Siar.AspNetCore;

/// <summary>
/// Whose tokens count, as one configuration has it: a validator with a cache of grants before it. Another configuration has another one, so that nothing that an
/// earlier one has granted is remembered. May be used from any thread.
/// </summary>
internal sealed class TrustedTokens
{
    private readonly TokenValidator _validator;
    private readonly GrantCache _cache;
    private readonly HubUrl _url;

    /// <summary>Reads the keys.</summary>
    /// <param name="options">Whose they are.</param>
    /// <param name="url">What tokens name as their audience, and as their issuer where the options name none.</param>
    /// <param name="endpoints">Makes what fetches keys at an address.</param>
    /// <param name="time">The clock.</param>
    /// <param name="onSkipped">Called with a sentence about each key of a set that cannot be used.</param>
    /// <exception cref="ArgumentException">A key cannot be used.</exception>
    /// <exception cref="IOException">A file of keys cannot be read.</exception>
    public TrustedTokens(TokenOptions options, HubUrl url, Func<JwksEndpointOptions, JwksEndpoint> endpoints, TimeProvider time, Action<string> onSkipped)
    {
        _url = url;
        var validator = new TokenValidatorOptions { BaseUrl = url.Resource, Limits = options.Limits };
        validator.Trust(TokenKeys.Of(options.Publish, options.Subscribe, endpoints, onSkipped), options.Issuers.Count > 0 ? options.Issuers : [url.Origin]);
        if (!options.AcceptLegacyTokens) validator.LegacyKeys = null;
        foreach (var (name, issuer) in options.TrustedIssuers) validator.Issuers[name] = TokenKeys.Of(issuer.Publish, issuer.Subscribe, endpoints, onSkipped);
        _validator = new TokenValidator(validator, time);
        _cache = new GrantCache(_validator, options.Cache, time);
    }

    /// <summary>Checks a token.</summary>
    public ValueTask<TokenResult> ValidateAsync(string token, TokenRole role, CancellationToken cancellationToken) =>
        _cache.ValidateAsync(token, role, _url.Resource, cancellationToken);

    /// <inheritdoc cref="TokenValidator.Trusts" />
    public bool Trusts(TokenAdmission admission) => _validator.Trusts(admission);

    /// <inheritdoc cref="TokenValidator.RenewKeysAsync" />
    public Task RenewKeysAsync(CancellationToken cancellationToken) => _validator.RenewKeysAsync(cancellationToken);
}
