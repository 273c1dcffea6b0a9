using Microsoft.AspNetCore.Http.Features;

namespace Siar.AspNetCore;

/// <summary>Makes a response one that nothing on its way holds back.</summary>
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
        context.Features.Get<IHttpResponseBodyFeature>()?.DisableBuffering();
    }
}
