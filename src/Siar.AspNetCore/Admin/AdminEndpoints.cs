using System.Text.Json;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using Microsoft.Net.Http.Headers;
using Siar.Topics;

namespace Siar.AspNetCore;

/// <summary>
/// What machines ask a hub about itself: <c>/health/live</c> (the process can go on), <c>/health/ready</c> (it should be sent requests), both 503 and a sentence
/// when not, and <c>/metrics</c> (Prometheus text, or OpenMetrics).
/// </summary>
internal sealed class AdminEndpoints(
    EndpointMapper mapper, Liveness liveness, Readiness readiness, MetricsCollector metrics, AccessResolver resolver, HubUrl url, RefusalResponse refusals,
    IOptions<SiarOptions> siar, IOptions<TokenOptions> tokens)
{
    /// <summary>Registers what the endpoints need.</summary>
    public static void Register(IServiceCollection services)
    {
        services.AddSingleton<Liveness>();
        services.AddSingleton<Readiness>();
        services.AddSingleton<MetricsCollector>();
        services.AddHostedService(p => p.GetRequiredService<MetricsCollector>());
        services.AddSingleton<ProcessMetrics>();
        services.AddHostedService(p => p.GetRequiredService<ProcessMetrics>());
        services.AddSingleton<AdminEndpoints>();
    }

    /// <summary>Maps the probes.</summary>
    public void MapHealth(IEndpointRouteBuilder endpoints)
    {
        Map(endpoints, "/health/live", context => AnswerAsync(context, liveness.NotLive()));
        Map(endpoints, "/health/ready", context => AnswerAsync(context, liveness.NotLive() ?? readiness.NotReady()));
    }

    /// <summary>Maps the metrics.</summary>
    public void MapMetrics(IEndpointRouteBuilder endpoints)
    {
        // They may be kept for those who may subscribe to the hub's own topic of that name; in development mode they are for this machine.
        var keptFor = siar.Value.HasTokens && tokens.Value.GuardMetrics ? Topic.Parse(url.Path + "/metrics") : (Topic?)null;
        Map(endpoints, "/metrics", context => ScrapeAsync(context, keptFor));
    }

    /// <summary>Maps the same where only those come who run the hub: whoever reaches it is told.</summary>
    public void MapOpen(IEndpointRouteBuilder endpoints)
    {
        MapHealth(endpoints);
        Map(endpoints, "/metrics", SendMetricsAsync);
    }

    private void Map(IEndpointRouteBuilder endpoints, string path, RequestDelegate answer) =>
        HubRoute.Open(mapper.Map(endpoints, path, EndpointMapper.Reading, answer, isForPages: false)).WithDisplayName($"Siar: {path}");

    private async Task ScrapeAsync(HttpContext context, Topic? keptFor)
    {
        var refusal = keptFor is { } topic ? await resolver.CheckReservedAsync(context, topic) : resolver.CheckDevelopment(context);
        if (refusal is not null) await refusals.SendAsync(context, refusal);
        else await SendMetricsAsync(context);
    }

    private Task SendMetricsAsync(HttpContext context)
    {
        var isOpenMetrics = WantsOpenMetrics(context.Request);
        context.Response.Headers.Append(HeaderNames.Vary, HeaderNames.Accept);
        return SendAsync(context, StatusCodes.Status200OK, isOpenMetrics ? PrometheusText.OpenMetricsContentType : PrometheusText.ContentType, metrics.Scrape(isOpenMetrics));
    }

    // RFC 9110, 12.5.1: named, and wanted no less than plain text is. Who takes anything gets what was always there.
    private static bool WantsOpenMetrics(HttpRequest request)
    {
        if (!MediaTypeHeaderValue.TryParseList(request.Headers.Accept, out var accepted)) return false;
        var wanted = accepted.Where(a => a.MediaType.Equals(PrometheusText.OpenMetricsType, StringComparison.OrdinalIgnoreCase)).Max(a => (double?)(a.Quality ?? 1.0)) ?? 0;
        var plain = accepted.Where(a => a.MediaType.Equals("text/plain", StringComparison.OrdinalIgnoreCase)).Max(a => (double?)(a.Quality ?? 1.0)) ?? 0;
        return wanted > 0 && wanted >= plain;
    }

    private static Task AnswerAsync(HttpContext context, (string Status, string Sentence)? reason)
    {
        var answer = reason is { } why ? new HealthAnswer(why.Status, why.Sentence) : new HealthAnswer("ok");
        return SendAsync(
            context, reason is null ? StatusCodes.Status200OK : StatusCodes.Status503ServiceUnavailable, "application/json",
            JsonSerializer.SerializeToUtf8Bytes(answer, HealthJson.Default.HealthAnswer));
    }

    private static Task SendAsync(HttpContext context, int status, string contentType, byte[] body)
    {
        var response = context.Response;
        response.StatusCode = status;
        response.ContentType = contentType;
        response.ContentLength = body.Length;
        // A probe's or a scraper's answer holds for the moment it was asked in.
        response.Headers.CacheControl = "no-store";
        return HttpMethods.IsHead(context.Request.Method) ? Task.CompletedTask : response.Body.WriteAsync(body).AsTask();
    }
}
