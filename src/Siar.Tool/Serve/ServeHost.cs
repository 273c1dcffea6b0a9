using Microsoft.AspNetCore.HttpOverrides;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.Logging.Console;
using Siar.Dashboard;

namespace Siar.Tool;

/// <summary>Makes the web application of a hub. Nothing but the settings configures it: no other file or variable is read.</summary>
internal static class ServeHost
{
    public static WebApplication Build(ServeSettings settings)
    {
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions
        {
            ApplicationName = Product.Name,
            ContentRootPath = AppContext.BaseDirectory,
            EnvironmentName = Environments.Production,
        });
        var certificate = ServerCertificate.Load(settings);
        builder.WebHost.UseKestrel(kestrel => Configure(kestrel, settings, certificate));
        AddLogging(builder.Logging, settings);
        builder.Services.AddRouting();
        builder.Services.Configure<HostOptions>(host => host.ShutdownTimeout = TimeSpan.FromSeconds(5));
        if (settings.TrustedProxies.Count > 0) builder.Services.Configure<ForwardedHeadersOptions>(forwarded => Trust(forwarded, settings));
        var hub = builder.Services.AddSiar(siar =>
        {
            settings.CopyTo(siar);
            siar.DevelopmentMode = AccessMode.IsDevelopment(settings);
        });
        hub.UseStore(settings);
        hub.UseTransport(settings);
        if (!AccessMode.IsDevelopment(settings)) hub.UseTokens(settings.CopyTo);
        if (settings.Demo) builder.Services.AddDemo();

        var app = builder.Build();
        foreach (var address in settings.Urls) app.Urls.Add(address.Url);
        // First of all, so that every limit by address sees the client's own.
        if (settings.TrustedProxies.Count > 0) app.UseForwardedHeaders();
        app.MapSiar();
        app.MapSiarHealth();
        app.MapSiarMetrics();
        app.MapSiarOpenApi();
        app.MapSiarDashboard("/");
        if (settings.Demo) app.MapDemoPage();
        return app;
    }

    private static void Configure(KestrelServerOptions kestrel, ServeSettings settings, ServerCertificate? certificate)
    {
        kestrel.AddServerHeader = false;
        kestrel.Limits.Http2.MaxStreamsPerConnection = settings.MaxStreamsPerConnection;
        // Off by default: without it a peer that has vanished keeps its streams until something is written to them.
        kestrel.Limits.Http2.KeepAlivePingDelay = TimeSpan.FromSeconds(30);
        if (certificate is not null) kestrel.ConfigureHttpsDefaults(certificate.Use);
    }

    private static void AddLogging(ILoggingBuilder logging, ServeSettings settings)
    {
        logging.SetMinimumLevel(settings.Quiet ? LogLevel.Error : LogLevel.Warning);
        // Whoever is answered 401 is not told why; whoever runs the hub is.
        if (!settings.Quiet) logging.AddFilter("Siar.AspNetCore.TokenAuthority", LogLevel.Information);
        // That the kernel has no io_uring for it is all that the transport tells at this level.
        if (!settings.Quiet) logging.AddFilter("Siar.Sockets.SocketTransport", LogLevel.Information);
        // Why a start has failed is told in a sentence by who started it; what ends a running hub is told as critical.
        logging.AddFilter("Microsoft.Extensions.Hosting", LogLevel.Critical);
        // Nobody sees what it tells at this level; while somebody could, the framework makes an activity and a scope for each request.
        if (settings.Otlp is null) logging.AddFilter("Microsoft.AspNetCore.Hosting.Diagnostics", LogLevel.None);
        logging.AddSimpleConsole(console => console.SingleLine = true);
        logging.Services.Configure<ConsoleLoggerOptions>(console => console.LogToStandardErrorThreshold = LogLevel.Trace);
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
