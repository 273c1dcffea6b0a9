using System.Globalization;
using System.Text.Json;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Siar.Hub;

namespace Siar.AspNetCore;

/// <summary>What a dashboard's page asks for, below the page's own path.</summary>
internal static class LiveEndpoints
{
    private static readonly string[] Figures = [HubStatistics.Samples, HubStatistics.Topics, HubStatistics.Connections];

    /// <summary>Registers what the endpoints need.</summary>
    public static void AddLive(this IServiceCollection services)
    {
        services.AddSingleton<LiveFigures>();
        services.AddHostedService(p => p.GetRequiredService<LiveFigures>());
        services.AddSingleton<LiveAccess>();
        services.AddSingleton<LiveStreams>();
        services.AddSingleton<LiveToken>();
    }

    /// <summary>
    /// Maps <c>live/statistics</c>, <c>live/topics</c>, <c>live/connections</c> and <c>live/events</c> (streams), <c>live/about</c>,
    /// <c>DELETE live/connections/{number}</c> and <c>POST live/token</c>, and has the statistics measured.
    /// </summary>
    /// <param name="endpoints">Where to map them.</param>
    /// <param name="version">The version that <c>live/about</c> tells.</param>
    /// <exception cref="InvalidOperationException"><c>AddSiar</c> was not called.</exception>
    public static void MapLive(this IEndpointRouteBuilder endpoints, string version)
    {
        var services = endpoints.ServiceProvider;
        var figures = services.GetService<LiveFigures>() ?? throw new InvalidOperationException("There is no hub to show: call builder.Services.AddSiar() first.");
        figures.Enable();
        var streams = services.GetRequiredService<LiveStreams>();
        var guard = services.GetRequiredService<EndpointGuard>();
        foreach (var topic in Figures) MapStream(endpoints, "live/" + topic, guard.Around(context => streams.ServeFiguresAsync(context, topic)));
        MapStream(endpoints, "live/events", guard.Around(streams.ServeEventsAsync));
        endpoints.MapMethods("live/about", [HttpMethods.Get], guard.Around(context => TellAboutAsync(context, services, version))).WithDisplayName("Siar: dashboard");
        endpoints.MapMethods("live/token", [HttpMethods.Post], guard.Around(services.GetRequiredService<LiveToken>().HandleAsync)).WithDisplayName("Siar: token to try");
        endpoints.MapMethods("live/connections/{number:long}", [HttpMethods.Delete], guard.Around(context => EndAsync(context, services))).WithDisplayName("Siar: end a stream");
    }

    private static void MapStream(IEndpointRouteBuilder endpoints, string path, RequestDelegate handler) =>
        StreamConventions.Add(endpoints.MapMethods(path, [HttpMethods.Get], handler)).WithDisplayName("Siar: " + path);

    private static async Task TellAboutAsync(HttpContext context, IServiceProvider services, string version)
    {
        var access = services.GetRequiredService<LiveAccess>();
        var decision = await access.MayWatchAsync(context);
        if (decision.Refusal is { } refusal)
        {
            await services.GetRequiredService<Refuser>().AnswerAsync(context, refusal);
            return;
        }

        var about = new LiveAbout(
            version,
            services.GetRequiredService<AccessResolver>().IsDevelopment,
            PathOf(context, services, SiarEndpoint.Events),
            PathOf(context, services, SiarEndpoint.Demo),
            services.GetRequiredService<IEventLog>() is MemoryLog ? "memory" : "durable",
            await access.MayEndAsync(context) is null);
        context.Response.ContentType = "application/json";
        context.Response.Headers.CacheControl = "no-store";
        await JsonSerializer.SerializeAsync(context.Response.Body, about, LiveJson.Default.LiveAbout, context.RequestAborted);
    }

    private static async Task EndAsync(HttpContext context, IServiceProvider services)
    {
        if (await services.GetRequiredService<LiveAccess>().MayEndAsync(context) is { } refusal)
        {
            await services.GetRequiredService<Refuser>().AnswerAsync(context, refusal);
            return;
        }

        var number = long.Parse((string)context.Request.RouteValues["number"]!, CultureInfo.InvariantCulture);
        services.GetRequiredService<EventHub>().Close(number);
        context.Response.StatusCode = StatusCodes.Status204NoContent;
    }

    private static string? PathOf(HttpContext context, IServiceProvider services, SiarEndpoint kind)
    {
        foreach (var endpoint in services.GetRequiredService<EndpointDataSource>().Endpoints)
        {
            if (endpoint is RouteEndpoint route && endpoint.Metadata.GetMetadata<SiarEndpointKind>()?.Kind == kind)
                return $"{context.Request.PathBase}/{route.RoutePattern.RawText!.TrimStart('/')}";
        }

        return null;
    }
}
