using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.RateLimiting;
using Microsoft.AspNetCore.Server.Kestrel.Core.Features;
using Siar.Hub;

namespace Siar.AspNetCore;

/// <summary>Says whether a request's connection can be handed over to the hub, and sends what must come before.</summary>
internal static class HandOver
{
    /// <summary>The connection, where the bytes of the response are the bytes on the wire and nobody needs the connection afterwards; otherwise null.</summary>
    public static IConnectionHandOver? Find(HttpContext context)
    {
        // HTTP/2 carries other streams on the connection, and HTTP/1.0 knows no chunks (RFC 9112, 7.1).
        if (!HttpProtocol.IsHttp11(context.Request.Protocol) || !HttpMethods.IsGet(context.Request.Method)) return null;
        // A limiter that was asked for on this very endpoint holds its permit for as long as the request lasts.
        if (context.GetEndpoint()?.Metadata.GetMetadata<EnableRateLimitingAttribute>() is not null) return null;
        if (context.Features.Get<IConnectionHandOver>() is not { IsPossible: true } connection) return null;
        return IsBodyServers(context.Features) ? connection : null;
    }

    /// <summary>Sends the head of the response, whose fields are set, and the first bytes of the stream.</summary>
    public static async Task SendHeadAsync(HttpContext context, HandOverOutlet outlet)
    {
        // RFC 9112, 9.6: the connection carries no further response.
        context.Response.Headers.Connection = "close";
        await context.Response.StartAsync(context.RequestAborted);
        outlet.WriteFirst(context.Response.BodyWriter);
        await context.Response.BodyWriter.FlushAsync(context.RequestAborted);
    }

    // Middleware that compresses, buffers or records the response puts a body of its own in the place of the server's. In the server both
    // features are the request itself.
    private static bool IsBodyServers(IFeatureCollection features) =>
        features.Get<IHttpMinResponseDataRateFeature>() is { } server && ReferenceEquals(features.Get<IHttpResponseBodyFeature>(), server);
}
