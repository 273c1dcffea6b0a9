using Microsoft.AspNetCore.Http.Timeouts;
using Microsoft.AspNetCore.OutputCaching;
using Microsoft.AspNetCore.RateLimiting;

namespace Siar.AspNetCore;

/// <summary>Keeps an endpoint's streams out of middleware that would store, cut or count them as if they were short.</summary>
internal static class StreamConventions
{
    public static IEndpointConventionBuilder Add(IEndpointConventionBuilder endpoint)
    {
        endpoint.Add(static b =>
        {
            b.Metadata.Add(new DisableRequestTimeoutAttribute());
            b.Metadata.Add(new NeverCached());
        });

        // A limiter would hold its permit for a stream's whole life, and its refusal ends an EventSource for good; streams have limits of
        // their own. One that was asked for on this very endpoint is kept.
        endpoint.Finally(static b =>
        {
            if (!b.Metadata.OfType<EnableRateLimitingAttribute>().Any()) b.Metadata.Add(new DisableRateLimitingAttribute());
        });
        return endpoint;
    }

    /// <summary>Says the same to middleware that runs before routing, and so has not seen the endpoint's metadata.</summary>
    public static void Apply(HttpContext context)
    {
        context.Features.Get<IHttpRequestTimeoutFeature>()?.DisableTimeout();
        if (context.Features.Get<IOutputCacheFeature>()?.Context is not { } cache) return;
        cache.AllowCacheLookup = false;
        cache.AllowCacheStorage = false;
    }

    private sealed class NeverCached : IOutputCachePolicy
    {
        public ValueTask CacheRequestAsync(OutputCacheContext context, CancellationToken cancellation)
        {
            context.EnableOutputCaching = false;
            return ValueTask.CompletedTask;
        }

        public ValueTask ServeFromCacheAsync(OutputCacheContext context, CancellationToken cancellation) => ValueTask.CompletedTask;

        public ValueTask ServeResponseAsync(OutputCacheContext context, CancellationToken cancellation) => ValueTask.CompletedTask;
    }
}
