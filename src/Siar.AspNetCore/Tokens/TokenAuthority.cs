using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Siar.Auth;
using Siar.Hub;

namespace Siar.AspNetCore;

/// <summary>
/// What the hub's doors ask about tokens: one validator with a cache of grants before it. Made when first asked, since the hub may know its own
/// URL only once the server listens. May be used from any thread.
/// </summary>
internal sealed partial class TokenAuthority : IDisposable
{
    private readonly HubUrl _url;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private readonly SampledLog _sampled;
    private readonly Lazy<HttpClient> _http;
    private readonly Lazy<GrantCache> _cache;

    public TokenAuthority(IOptions<TokenOptions> options, HubUrl url, TimeProvider time, ILogger<TokenAuthority> logger)
    {
        Options = options.Value;
        PublishOrigins = new OriginList(Options.PublishOrigins);
        _url = url;
        _time = time;
        _logger = logger;
        _sampled = new SampledLog(time);
        _http = new(() => Options.KeyHandler is { } handler
            ? new HttpClient(handler, disposeHandler: false)
            : new HttpClient(new SocketsHttpHandler { AllowAutoRedirect = false, PooledConnectionLifetime = TimeSpan.FromMinutes(5) }));
        _cache = new(MakeCache);
        foreach (var (name, keys) in TokenOptionsConsistency.Roles(Options))
        {
            foreach (var sentence in TokenKeys.ShortSecrets(name, keys, least: null)) LogWarning(sentence);
        }
    }

    /// <summary>Registers what tokens need.</summary>
    /// <returns>Whether that had not been done before.</returns>
    public static bool Register(IServiceCollection services)
    {
        if (services.Any(s => s.ServiceType == typeof(TokenAuthority))) return false;
        services.AddOptions<TokenOptions>().ValidateOnStart();
        services.Configure<SiarOptions>(static options => options.HasTokens = true);
        services.AddSingleton<IValidateOptions<TokenOptions>, TokenOptionsValidator>();
        services.AddSingleton<IValidateOptions<TokenOptions>, TokenOptionsConsistency>();
        services.AddSingleton<TokenAuthority>();
        services.AddSingleton<TokenAccess>();
        services.AddSingleton<IHttpContextFactory, TokenHidingContextFactory>();
        services.AddSingleton<IPostConfigureOptions<KestrelServerOptions>, TokenHeaderRoom>();
        return true;
    }

    public TokenOptions Options { get; }

    public OriginList PublishOrigins { get; }

    /// <summary>The issuers that publish their keys themselves, and so can be asked for tokens.</summary>
    public IEnumerable<string> Servers =>
        Options.TrustedIssuers.Where(i => i.Value.Publish.Url is not null || i.Value.Subscribe.Url is not null).Select(i => i.Key);

    /// <summary>Whether anybody could be let in in this role.</summary>
    public bool IsOpen(TokenRole role) => role is TokenRole.Subscribe
        ? Options.Subscribe.IsSet || Options.TrustedIssuers.Values.Any(i => i.Subscribe.IsSet)
        : Options.Publish.IsSet || Options.TrustedIssuers.Values.Any(i => i.Publish.IsSet);

    /// <summary>
    /// Checks a token, and those of further cookies of its name until one is valid; why the first is refused where none is, is logged, never answered.
    /// </summary>
    public async ValueTask<(string Token, TokenResult Result)> ValidateAsync(PresentedToken presented, TokenRole role, bool isLogged, CancellationToken cancellationToken)
    {
        var result = await _cache.Value.ValidateAsync(presented.Text, role, _url.Resource, cancellationToken);
        if (presented.Takes(result)) return (presented.Text, result);
        foreach (var other in presented.Others ?? [])
        {
            var another = await _cache.Value.ValidateAsync(other, role, _url.Resource, cancellationToken);
            if (presented.Takes(another)) return (other, another);
        }

        if (isLogged && result.Failure is { } failure && _sampled.TryTake("token", out var leftOut)) LogRefused(role, failure.Reason, leftOut);
        return (presented.Text, result);
    }

    /// <summary>
    /// When a stream opened with a grant must end: at a random moment of the last fifth of what is left of the token, so that those who got
    /// theirs together do not come back together, and never after its end.
    /// </summary>
    public DateTimeOffset? EndOf(Grant grant)
    {
        if (grant.Expires is not { } expires) return null;
        var now = _time.GetUtcNow();
        var left = expires - now - Margin;
        return left <= TimeSpan.Zero ? now : now + (left * (0.8 + (0.2 * Random.Shared.NextDouble())));
    }

    public void Dispose()
    {
        if (_http.IsValueCreated) _http.Value.Dispose();
    }

    // Lanes look at their deadlines once a second.
    private static readonly TimeSpan Margin = TimeSpan.FromSeconds(2);

    private GrantCache MakeCache()
    {
        var options = new TokenValidatorOptions { BaseUrl = _url.Resource, Limits = Options.Limits };
        var own = TokenKeys.Of(Options.Publish, Options.Subscribe, () => _http.Value, _time, LogWarning);
        options.Trust(own, Options.Issuers.Count > 0 ? Options.Issuers : [_url.Origin]);
        if (!Options.AcceptLegacyTokens) options.LegacyKeys = null;
        foreach (var (name, issuer) in Options.TrustedIssuers) options.Issuers[name] = TokenKeys.Of(issuer.Publish, issuer.Subscribe, () => _http.Value, _time, LogWarning);
        return new GrantCache(new TokenValidator(options, _time), Options.Cache, _time);
    }

    [LoggerMessage(2, LogLevel.Information, "A token was refused (role {Role}): {Reason}{LeftOut}")]
    private partial void LogRefused(TokenRole role, string reason, string leftOut);

    [LoggerMessage(3, LogLevel.Warning, "{Sentence}")]
    private partial void LogWarning(string sentence);
}
