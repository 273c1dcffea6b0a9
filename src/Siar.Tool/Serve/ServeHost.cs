using Microsoft.AspNetCore.HttpOverrides;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Siar.AspNetCore;
using Siar.Dashboard;

namespace Siar.Tool;

/// <summary>Makes the web application of a hub. Nothing but the settings configures it: no other file or variable is read.</summary>
internal static class ServeHost
{
    public static WebApplication Build(SettingsInForce inForce, ReloadRequests requests)
    {
        var settings = inForce.Current;
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions
        {
            ApplicationName = Product.Name,
            ContentRootPath = AppContext.BaseDirectory,
            EnvironmentName = Environments.Production,
        });
        builder.WebHost.UseKestrel(kestrel => Configure(kestrel, inForce));
        ServeLogging.Add(builder.Logging, inForce);
        builder.Services.AddRouting();
        builder.Services.Configure<HostOptions>(host => host.ShutdownTimeout = TimeSpan.FromSeconds(5));
        if (settings.TrustedProxies.Count > 0) builder.Services.Configure<ForwardedHeadersOptions>(forwarded => Trust(forwarded, settings));
        var hub = builder.Services.AddSiar(siar =>
        {
            inForce.Current.CopyTo(siar);
            siar.DevelopmentMode = AccessMode.IsDevelopment(settings);
        });
        hub.UseStore(settings);
        hub.UseTransport(settings);
        if (!AccessMode.IsDevelopment(settings)) hub.UseTokens(tokens => inForce.Current.CopyTo(tokens));
        if (settings.Demo) builder.Services.AddDemo();
        builder.Services.AddSingleton(inForce);
        builder.Services.AddSingleton(requests);
        builder.Services.AddHostedService<ServeReload>();
        builder.Services.AddSingleton(services => Notifier(services, ServiceManager.OfEnvironment()));

        var app = builder.Build();
        foreach (var address in settings.Urls) app.Urls.Add(address.Url);
        // First of all, so that every limit by address sees the client's own.
        if (settings.TrustedProxies.Count > 0) app.UseForwardedHeaders();
        app.Use(StatusSentence.InvokeAsync);
        app.MapSiar();
        app.MapSiarHealth();
        if (settings.AdminUrl is null) app.MapSiarMetrics();
        app.MapSiarRevocations();
        app.MapSiarOpenApi();
        app.MapSiarDashboard("/");
        if (settings.Demo) app.MapDemoPage();
        return app;
    }

    public static void Configure(KestrelServerOptions kestrel, SettingsInForce inForce)
    {
        kestrel.AddServerHeader = false;
        kestrel.Limits.Http2.MaxStreamsPerConnection = inForce.Current.MaxStreamsPerConnection;
        // Off by default: without it a peer that has vanished keeps its streams until something is written to them.
        kestrel.Limits.Http2.KeepAlivePingDelay = TimeSpan.FromSeconds(30);
        if (inForce.Certificate is not null) kestrel.ConfigureHttpsDefaults(https => ServerCertificate.Use(https, () => inForce.Certificate!));
    }

    private static ServiceNotifier Notifier(IServiceProvider services, ServiceManager manager)
    {
        var (liveness, readiness) = (services.GetRequiredService<Liveness>(), services.GetRequiredService<Readiness>());
        return new ServiceNotifier(
            manager, () => liveness.NotLive()?.Sentence, () => readiness.NotReady()?.Sentence, services.GetRequiredService<IHostApplicationLifetime>().ApplicationStopping,
            services.GetRequiredService<TimeProvider>(), services.GetRequiredService<ILogger<ServiceNotifier>>());
    }

    private static void Trust(ForwardedHeadersOptions forwarded, ServeSettings settings)
    {
        forwarded.ForwardedHeaders = ForwardedHeaders.XForwardedFor | ForwardedHeaders.XForwardedProto;
        // As many proxies in a row as are trusted: the first address that is not theirs is the client's.
        forwarded.ForwardLimit = null;
        forwarded.KnownProxies.Clear();
        forwarded.KnownIPNetworks.Clear();
        foreach (var network in settings.TrustedProxies) forwarded.KnownIPNetworks.Add(network);
    }
}
