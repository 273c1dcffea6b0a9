using Siar.AspNetCore;

namespace Siar.Tool;

/// <summary>
/// The metrics and the probes at an address of their own, on a server of its own: it answers when the hub's has no connection left, and while the hub drains. Whoever
/// reaches it is told everything.
/// </summary>
internal static class AdminServer
{
    /// <summary>Starts it; null where the settings name no address for it.</summary>
    /// <param name="inForce">The settings.</param>
    /// <param name="hub">The hub's services.</param>
    /// <exception cref="IOException">The address cannot be listened on.</exception>
    public static async Task<WebApplication?> StartAsync(SettingsInForce inForce, IServiceProvider hub)
    {
        if (inForce.Current.AdminUrl is not { } address) return null;
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions { ApplicationName = Product.Name, ContentRootPath = AppContext.BaseDirectory, EnvironmentName = Environments.Production });
        builder.WebHost.UseKestrel(kestrel => ServeHost.Configure(kestrel, inForce));
        builder.Services.AddRouting();
        builder.Services.AddSingleton(hub.GetRequiredService<ILoggerFactory>());
        builder.Services.AddSingleton<IHostLifetime, NoLifetime>();
        var app = builder.Build();
        app.Urls.Add(address.Url);
        app.Use(StatusSentence.InvokeAsync);
        hub.GetRequiredService<AdminEndpoints>().MapOpen(app);
        try
        {
            await app.StartAsync();
            return app;
        }
        catch
        {
            await app.DisposeAsync();
            throw;
        }
    }

    // Signals are for the hub; this ends after it.
    private sealed class NoLifetime : IHostLifetime
    {
        public Task WaitForStartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

        public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
    }
}
