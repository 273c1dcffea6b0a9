using Microsoft.Extensions.Options;
using Siar.Client;

namespace Microsoft.Extensions.DependencyInjection;

/// <summary>Brings a <see cref="SiarClient"/> into an application's services.</summary>
public static class SiarClientServiceCollectionExtensions
{
    private const string DefaultName = "Siar.Client";

    /// <summary>Adds a client for one hub, as a singleton. Its HTTP client comes from the factory, under the name <c>Siar.Client</c>.</summary>
    /// <param name="services">The application's services.</param>
    /// <param name="configure">Says where the hub is.</param>
    /// <returns>The builder of its HTTP client, for handlers of one's own.</returns>
    public static IHttpClientBuilder AddSiarClient(this IServiceCollection services, Action<SiarClientOptions> configure)
    {
        ArgumentNullException.ThrowIfNull(services);
        ArgumentNullException.ThrowIfNull(configure);
        services.AddSingleton(provider => Make(provider, DefaultName));
        return AddHttp(services, DefaultName, configure);
    }

    /// <summary>Adds a client for one of several hubs, as a singleton under a key.</summary>
    /// <param name="services">The application's services.</param>
    /// <param name="name">The key, and the name of its HTTP client.</param>
    /// <param name="configure">Says where the hub is.</param>
    /// <returns>The builder of its HTTP client, for handlers of one's own.</returns>
    public static IHttpClientBuilder AddSiarClient(this IServiceCollection services, string name, Action<SiarClientOptions> configure)
    {
        ArgumentNullException.ThrowIfNull(services);
        ArgumentException.ThrowIfNullOrEmpty(name);
        ArgumentNullException.ThrowIfNull(configure);
        services.AddKeyedSingleton(name, (provider, _) => Make(provider, name));
        return AddHttp(services, name, configure);
    }

    private static IHttpClientBuilder AddHttp(IServiceCollection services, string name, Action<SiarClientOptions> configure)
    {
        services.Configure(name, configure);
        return services.AddHttpClient(name, http => http.Timeout = Timeout.InfiniteTimeSpan)
            .ConfigurePrimaryHttpMessageHandler(SiarHttpHandler.Create)
            // The handler renews its connections itself, and a stream outlives any time that could be set here.
            .SetHandlerLifetime(Timeout.InfiniteTimeSpan);
    }

    private static SiarClient Make(IServiceProvider provider, string name) => new(
        provider.GetRequiredService<IHttpClientFactory>().CreateClient(name),
        provider.GetRequiredService<IOptionsMonitor<SiarClientOptions>>().Get(name));
}
