using System.Collections.Concurrent;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Siar.Auth;
using Siar.Hub;

namespace Siar.AspNetCore;

/// <summary>
/// What the hub's doors ask about tokens. The keys are read when it is first asked, since the hub may know its own URL only once the server listens; others take
/// their place when the configuration is read again. May be used from any thread.
/// </summary>
internal sealed partial class TokenAuthority : IDisposable
{
    private readonly HubUrl _url;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private readonly SampledLog _sampled;
    private readonly Lazy<HttpClient> _http;
    private readonly ConcurrentDictionary<(Uri Url, string Algorithms), JwksEndpoint> _endpoints = [];
    private volatile Configuration _inForce;

    public TokenAuthority(IOptions<TokenOptions> options, HubUrl url, TimeProvider time, ILogger<TokenAuthority> logger)
    {
        _url = url;
        _time = time;
        _logger = logger;
        _sampled = new SampledLog(time);
        var keyHandler = options.Value.KeyHandler;
        _http = new(() => keyHandler is { } handler
            ? new HttpClient(handler, disposeHandler: false)
            : new HttpClient(new SocketsHttpHandler { AllowAutoRedirect = false, PooledConnectionLifetime = TimeSpan.FromMinutes(5) }));
        _inForce = new Configuration(options.Value, new OriginList(options.Value.PublishOrigins), new Lazy<TrustedTokens>(() => Read(options.Value)));
        WarnOfShortSecrets(options.Value);
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

    /// <summary>The options in force.</summary>
    public TokenOptions Options => _inForce.Options;

    public OriginList PublishOrigins => _inForce.PublishOrigins;

    /// <summary>The issuers that publish their keys themselves, and so can be asked for tokens.</summary>
    public IEnumerable<string> Servers =>
        Options.TrustedIssuers.Where(i => i.Value.Publish.Url is not null || i.Value.Subscribe.Url is not null).Select(i => i.Key);

    /// <summary>Whether anybody could be let in in this role.</summary>
    public bool IsOpen(TokenRole role) => IsOpen(Options, role);

    /// <summary>Whether anybody could be let in in this role with some options.</summary>
    public static bool IsOpen(TokenOptions options, TokenRole role) => role is TokenRole.Subscribe
        ? options.Subscribe.IsSet || options.TrustedIssuers.Values.Any(i => i.Subscribe.IsSet)
        : options.Publish.IsSet || options.TrustedIssuers.Values.Any(i => i.Publish.IsSet);

    /// <summary>Reads the keys that options name, without using them yet.</summary>
    /// <exception cref="ArgumentException">A key cannot be used.</exception>
    /// <exception cref="IOException">A file of keys cannot be read.</exception>
    public TrustedTokens Read(TokenOptions options) => new(options, _url, EndpointOf, _time, LogWarning);

    /// <summary>Has other options, and the keys that were read for them, count from now on.</summary>
    public void Take(TokenOptions options, TrustedTokens trusted)
    {
        WarnOfShortSecrets(options);
        _inForce = new Configuration(options, new OriginList(options.PublishOrigins), new Lazy<TrustedTokens>(trusted));
    }

    /// <summary>
    /// Checks a token, and those of further cookies of its name until one is valid; why the first is refused where none is, is logged, never answered.
    /// </summary>
    public async ValueTask<(string Token, TokenResult Result)> ValidateAsync(PresentedToken presented, TokenRole role, bool isLogged, CancellationToken cancellationToken)
    {
        var trusted = _inForce.Trusted.Value;
        var result = await trusted.ValidateAsync(presented.Text, role, cancellationToken);
        if (presented.Takes(result)) return (presented.Text, result);
        foreach (var other in presented.Others ?? [])
        {
            var another = await trusted.ValidateAsync(other, role, cancellationToken);
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

    // One for each address, whatever configurations name it: what it has fetched goes on serving.
    private JwksEndpoint EndpointOf(JwksEndpointOptions options) =>
        _endpoints.GetOrAdd((options.Url, string.Join(' ', options.Algorithms)), _ => new JwksEndpoint(options, _http.Value, _time));

    private void WarnOfShortSecrets(TokenOptions options)
    {
        foreach (var (name, keys) in TokenOptionsConsistency.Roles(options))
        {
            foreach (var sentence in TokenKeys.ShortSecrets(name, keys, least: null)) LogWarning(sentence);
        }
    }

    private sealed record Configuration(TokenOptions Options, OriginList PublishOrigins, Lazy<TrustedTokens> Trusted);

    [LoggerMessage(2, LogLevel.Information, "A token was refused (role {Role}): {Reason}{LeftOut}")]
    private partial void LogRefused(TokenRole role, string reason, string leftOut);

    [LoggerMessage(3, LogLevel.Warning, "{Sentence}")]
    private partial void LogWarning(string sentence);
}
