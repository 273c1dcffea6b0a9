using Microsoft.AspNetCore.Diagnostics;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Options;
using Siar.AspNetCore;
using Siar.Hub;

namespace Microsoft.Extensions.DependencyInjection;

/// <summary>Adds a hub to an application.</summary>
public static class SiarServiceCollectionExtensions
{
    // A thousand topics, or a token of 0.x, stand in the query.
    private const int RequestLine = 64 << 10;

    // What a request's header fields may take beside it, where its address is one of them: in HTTP/2.
    private const int OtherHeaders = 32 << 10;

    /// <summary>
    /// Adds the hub, which starts and stops with the application, as <see cref="IHub"/>. In memory, unless a store's method is called on
    /// what is returned. May be called more than once; each call configures the same hub further.
    /// </summary>
    /// <param name="services">The application's services.</param>
    /// <param name="configure">Sets options; a wrong value stops the start with a sentence that names it.</param>
    public static SiarBuilder AddSiar(this IServiceCollection services, Action<SiarOptions>? configure = null)
    {
        if (configure is not null) services.Configure(configure);
        if (services.FirstOrDefault(s => s.ServiceType == typeof(SiarBuilder))?.ImplementationInstance is SiarBuilder existing) return existing;

        var builder = new SiarBuilder(services);
        services.AddSingleton(builder);
        services.AddOptions<SiarOptions>().ValidateOnStart();
        services.AddSingleton<IValidateOptions<SiarOptions>, SiarOptionsValidator>();
        services.AddSingleton<IValidateOptions<SiarOptions>, SiarOptionsConsistency>();
        services.TryAddSingleton(TimeProvider.System);
        services.AddSingleton<IPostConfigureOptions<KestrelServerOptions>, HeaderReading>();
        AddHub(services, builder);
        AddPipelines(services);
        EventsEndpoints.Register(services);
        MercureEndpoints.Register(services);
        AdminEndpoints.Register(services);
        RevocationEndpoints.Register(services);
        LiveEndpoints.Register(services);
        services.AddSingleton<ApiDocument>();
        services.AddSingleton<IStartupFilter, RouteClashes>();
        services.AddSingleton<HubReload>();
        services.AddHostedService(s => s.GetRequiredService<HubReload>());
        services.PostConfigure<KestrelServerOptions>(MakeRoomForTopics);
        return builder;
    }

    /// <summary>Makes room in the server for as many topics as a request may name. Nothing is made smaller.</summary>
    private static void MakeRoomForTopics(KestrelServerOptions options)
    {
        var limits = options.Limits;
        limits.MaxRequestLineSize = Math.Max(limits.MaxRequestLineSize, RequestLine);
        limits.MaxRequestHeadersTotalSize = Math.Max(limits.MaxRequestHeadersTotalSize, RequestLine + OtherHeaders);
        limits.Http2.MaxRequestHeaderFieldSize = Math.Max(limits.Http2.MaxRequestHeaderFieldSize, RequestLine);
        // The server insists that what it reads ahead holds either.
        if (limits.MaxRequestBufferSize is { } buffer) limits.MaxRequestBufferSize = Math.Max(buffer, RequestLine + OtherHeaders);
    }

    private static void AddHub(IServiceCollection services, HubBuilder builder)
    {
        services.AddSingleton<IEventLog>(s => new OpeningLog(starting => builder.OpenLog(s, Options(s), starting)));
        services.AddSingleton(s => new EventHub(s.GetRequiredService<IEventLog>(), Options(s), s.GetRequiredService<TimeProvider>()));
        services.AddSingleton<IHub>(s => s.GetRequiredService<EventHub>());
        services.AddSingleton<HubHost>();
        services.AddHostedService(s => s.GetRequiredService<HubHost>());
    }

    /// <summary>Adds what every endpoint goes through, whatever the API.</summary>
    private static void AddPipelines(IServiceCollection services)
    {
        services.AddSingleton(s => s.GetRequiredService<EventHub>().Metrics);
        services.AddSingleton<AccessLog>();
        services.AddSingleton<RequestMetrics>();
        services.AddSingleton<HubUrl>();
        services.AddSingleton<RefusalResponse>();
        services.AddSingleton<CorsHandler>();
        services.AddSingleton<EndpointErrors>();
        services.AddSingleton<EndpointMapper>();
        services.AddSingleton<DevelopmentTokens>();
        services.AddSingleton<AnonymousReaders>();
        services.AddSingleton<AccessResolver>();
        services.AddSingleton<ReadRule>();
        services.AddSingleton(s => new BodyReaders(Options(s).Limits, s.GetRequiredService<IOptions<SiarOptions>>().Value.Mercure.QueryBytes, s.GetRequiredService<TimeProvider>()));
        services.AddSingleton(s => new PublishLimits(Options(s).Limits, s.GetRequiredService<TimeProvider>()));
        services.AddSingleton<PublishPipeline>();
        services.AddSingleton<IExceptionHandler, HubExceptionHandler>();
        services.AddSingleton(s => new ConnectionLimiter(Options(s).Limits));
        services.AddSingleton<ConnectionObservers>();
        services.AddHostedService(s => s.GetRequiredService<ConnectionObservers>());
        services.AddSingleton<CursorInput>();
        services.AddSingleton<SubscribeInput>();
        services.AddSingleton(s => new StreamResponse(s.GetRequiredService<EventHub>(), s.GetRequiredService<TimeProvider>(), s.GetRequiredService<HubHost>(), s.GetRequiredService<ConnectionObservers>()));
        services.AddSingleton<PageResponse>();
        services.AddSingleton<StreamRefusal>();
        services.AddSingleton<StreamPipeline>();
        services.AddSingleton<SourceStream>();
    }

    private static HubOptions Options(IServiceProvider services) => services.GetRequiredService<IOptions<SiarOptions>>().Value.Hub;
}
