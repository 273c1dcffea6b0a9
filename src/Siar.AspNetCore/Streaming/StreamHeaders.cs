using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Http.Timeouts;
using Microsoft.AspNetCore.OutputCaching;

namespace Siar.AspNetCore;

/// <summary>Makes a response one that nothing on its way holds back, stores or cuts.</summary>
internal static class StreamHeaders
{
    public static void Set(HttpContext context, string contentType)
    {
        var headers = context.Response.Headers;
        headers.ContentType = contentType;

        // no-transform: a proxy that compresses holds bytes back. X-Accel-Buffering: nginx and those that follow it stream.
        headers.CacheControl = "no-cache, no-store, no-transform";
        headers["X-Accel-Buffering"] = "no";
        headers.XContentTypeOptions = "nosniff";
        Unbuffer(context);
    }

    /// <summary>Says to middleware that runs before routing, and so has not seen the endpoint's metadata, what those would say.</summary>
    private static void Unbuffer(HttpContext context)
    {
        context.Features.Get<IHttpRequestTimeoutFeature>()?.DisableTimeout();
        if (context.Features.Get<IOutputCacheFeature>()?.Context is { } cache)
        {
            cache.AllowCacheLookup = false;
            cache.AllowCacheStorage = false;
        }

        context.Features.Get<IHttpResponseBodyFeature>()?.DisableBuffering();
    }
}
