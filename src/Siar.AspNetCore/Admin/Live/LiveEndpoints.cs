using System.Globalization;
using System.Text.Json;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Siar.Hub;

namespace Siar.AspNetCore;

/// <summary>What a dashboard's page asks for, below the page's own path.</summary>
internal sealed class LiveEndpoints(
    EndpointMapper mapper, EventHub hub, LiveFigures figures, LiveStreams streams, LiveAccess access, LiveToken token, AccessResolver resolver,
    EndpointDataSource mapped, RefusalResponse refusals)
{
    private static readonly string[] Figures = [HubStatistics.Samples, HubStatistics.Topics, HubStatistics.Connections];
    private static readonly string[] Get = [HttpMethods.Get];

    /// <summary>Registers what the endpoints need.</summary>
    public static void Register(IServiceCollection services)
    {
        services.AddSingleton<LiveFigures>();
        services.AddHostedService(p => p.GetRequiredService<LiveFigures>());
        services.AddSingleton<LiveAccess>();
        services.AddSingleton<LiveStreams>();
        services.AddSingleton<LiveToken>();
        services.AddSingleton<LiveEndpoints>();
    }

    /// <summary>
    /// Maps <c>live/statistics</c>, <c>live/topics</c>, <c>live/connections</c> and <c>live/events</c> (streams), <c>live/about</c>,
    /// <c>DELETE live/connections/{number}</c> and <c>POST live/token</c>, and has the statistics measured.
    /// </summary>
    /// <param name="endpoints">Where to map them.</param>
    /// <param name="version">The version that <c>live/about</c> tells.</param>
    public void Map(IEndpointRouteBuilder endpoints, string version)
    {
        figures.Enable();
        foreach (var topic in Figures) mapper.MapStream(endpoints, "live/" + topic, Get, context => streams.ServeFiguresAsync(context, topic)).WithDisplayName("Siar: live/" + topic);
        mapper.MapStream(endpoints, "live/events", Get, streams.ServeEventsAsync).WithDisplayName("Siar: live/events");
        mapper.Map(endpoints, "live/about", Get, context => TellAboutAsync(context, version)).WithDisplayName("Siar: dashboard");
        mapper.Map(endpoints, "live/token", [HttpMethods.Post], token.HandleAsync).WithDisplayName("Siar: token to try");
        mapper.Map(endpoints, "live/connections/{number:long}", [HttpMethods.Delete], EndAsync).WithDisplayName("Siar: end a stream");
    }

    private async Task TellAboutAsync(HttpContext context, string version)
    {
        var decision = await access.MayWatchAsync(context);
        if (decision.Refusal is { } refusal)
        {
            await refusals.SendAsync(context, refusal);
            return;
        }

        var about = new LiveAbout(
            version,
            resolver.IsDevelopment,
            PathOf(context, SiarEndpoint.Events),
            PathOf(context, SiarEndpoint.Demo),
            hub.IsInMemory ? "memory" : "durable",
            await access.MayEndAsync(context) is null);
        context.Response.ContentType = "application/json";
        context.Response.Headers.CacheControl = "no-store";
        await JsonSerializer.SerializeAsync(context.Response.Body, about, LiveJson.Default.LiveAbout, context.RequestAborted);
    }

    private async Task EndAsync(HttpContext context)
    {
        if (await access.MayEndAsync(context) is { } refusal)
        {
            await refusals.SendAsync(context, refusal);
            return;
        }

        var number = long.Parse((string)context.Request.RouteValues["number"]!, CultureInfo.InvariantCulture);
        hub.Close(number);
        context.Response.StatusCode = StatusCodes.Status204NoContent;
    }

    private string? PathOf(HttpContext context, SiarEndpoint kind)
    {
        foreach (var endpoint in mapped.Endpoints)
        {
            if (endpoint is RouteEndpoint route && endpoint.Metadata.GetMetadata<SiarEndpointKind>()?.Kind == kind)
                return $"{context.Request.PathBase}/{route.RoutePattern.RawText!.TrimStart('/')}";
        }

        return null;
    }
}
