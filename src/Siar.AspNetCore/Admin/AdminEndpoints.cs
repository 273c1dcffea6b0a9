using System.Text.Json;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;

namespace Siar.AspNetCore;

/// <summary>What machines ask a hub about itself: probes and metrics.</summary>
internal static class AdminEndpoints
{
    private static readonly string[] Reading = [HttpMethods.Get, HttpMethods.Head];

    /// <summary>Registers what the endpoints need.</summary>
    public static void AddAdmin(this IServiceCollection services)
    {
        services.AddSingleton<Liveness>();
        services.AddSingleton<Readiness>();
        services.AddSingleton<MetricsCollector>();
        services.AddHostedService(p => p.GetRequiredService<MetricsCollector>());
        services.AddLive();
    }

    /// <summary>
    /// Maps <c>/health/live</c> (the process can go on), <c>/health/ready</c> (it should be sent requests), both 503 and a sentence when not, and
    /// <c>/metrics</c> (Prometheus text).
    /// </summary>
    public static void MapAdmin(this IEndpointRouteBuilder endpoints)
    {
        var liveness = endpoints.ServiceProvider.GetRequiredService<Liveness>();
        var readiness = endpoints.ServiceProvider.GetRequiredService<Readiness>();
        var metrics = endpoints.ServiceProvider.GetRequiredService<MetricsCollector>();
        Map(endpoints, "/health/live", context => AnswerAsync(context, liveness.NotLive()));
        Map(endpoints, "/health/ready", context => AnswerAsync(context, liveness.NotLive() ?? readiness.NotReady()));
        Map(endpoints, "/metrics", MetricsGuard.Around(endpoints.ServiceProvider, context => SendAsync(context, StatusCodes.Status200OK, PrometheusText.ContentType, metrics.Scrape())));
    }

    private static void Map(IEndpointRouteBuilder endpoints, string path, RequestDelegate answer) =>
        endpoints.MapMethods(path, Reading, endpoints.ServiceProvider.GetRequiredService<EndpointGuard>().Around(answer, isForPages: false)).AllowAnonymous();

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
