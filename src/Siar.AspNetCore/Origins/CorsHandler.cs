using Microsoft.AspNetCore.Cors.Infrastructure;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Microsoft.Net.Http.Headers;

namespace Siar.AspNetCore;

/// <summary>
/// Says to browsers which pages may use the hub's endpoints: those of the origins that are allowed, with credentials; with <c>*</c> all pages, and
/// then no credentials. An origin that is not allowed is never repeated.
/// </summary>
internal sealed class CorsHandler
{
    private static readonly TimeSpan PreflightAge = TimeSpan.FromHours(1);

    // The last three are what tracing in a page adds to each of its requests (W3C Trace Context, Baggage).
    private static readonly string[] Headers =
    [
        "Authorization", "Cache-Control", "Content-Type", "Idempotency-Key", "If-Match", "If-None-Match", "Last-Event-ID",
        "traceparent", "tracestate", "baggage",
    ];

    private readonly CorsService _cors;
    private volatile CorsPolicy? _policy;

    public CorsHandler(IOptions<SiarOptions> options, ILoggerFactory loggers)
    {
        _cors = new CorsService(Options.Create(new CorsOptions()), loggers);
        Take(options.Value);
    }

    /// <summary>Has the origins and header fields of other options count from now on.</summary>
    public void Take(SiarOptions options)
    {
        var origins = new OriginList(options.AllowedOrigins);
        _policy = origins.IsEmpty ? null : PolicyOf(origins, options.AllowedHeaders);
    }

    /// <summary>Adds to a response what a page of an allowed origin needs to read it.</summary>
    public void Apply(HttpContext context)
    {
        // Also where there is no Origin: a cache must not answer a page with what it kept from another.
        var policy = _policy;
        if (policy is { AllowAnyOrigin: false }) context.Response.Headers.Append(HeaderNames.Vary, HeaderNames.Origin);
        if (policy is null || context.Request.Headers.Origin.Count == 0) return;
        var result = _cors.EvaluatePolicy(context, policy);
        result.VaryByOrigin = false;
        _cors.ApplyResult(result, context.Response);
    }

    /// <summary>Answers <c>OPTIONS</c>, a browser's preflight or anybody's question.</summary>
    public Task AnswerOptionsAsync(HttpContext context, string allow)
    {
        Apply(context);
        context.Response.StatusCode = StatusCodes.Status204NoContent;
        context.Response.Headers.Allow = allow;
        return Task.CompletedTask;
    }

    private static CorsPolicy PolicyOf(OriginList origins, IEnumerable<string> more)
    {
        var builder = new CorsPolicyBuilder()
            .WithMethods(HttpMethods.Get, HttpMethods.Head, HttpMethods.Post, "QUERY")
            .WithHeaders([.. Headers, .. more])
            .WithExposedHeaders("ETag", "Idempotent-Replayed", "Last-Event-ID", "Link", "Mercure-Last-Event-ID", "Retry-After", "WWW-Authenticate")
            .SetPreflightMaxAge(PreflightAge);
        return origins.IsAny ? builder.AllowAnyOrigin().Build() : builder.SetIsOriginAllowed(origins.Allows).AllowCredentials().Build();
    }
}
