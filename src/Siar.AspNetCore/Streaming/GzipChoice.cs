using Microsoft.AspNetCore.Http.Features;
using Microsoft.Net.Http.Headers;
using Siar.Hub;

namespace Siar.AspNetCore;

/// <summary>Chooses whether a stream is gzip.</summary>
internal static class GzipChoice
{
    private const string Gzip = "gzip";

    /// <summary>The form, as gzip where the hub offers it and the reader accepts it.</summary>
    public static SseForm Choose(HttpContext context, SseForm form, int compressFrom)
    {
        if (compressFrom == 0 || IsMiddlewares(context) || !Accepts(context.Request)) return form;
        return form with { GzipFrom = compressFrom };
    }

    /// <summary>Says what was chosen.</summary>
    public static void SetHeaders(HttpResponse response, SseForm form, int compressFrom)
    {
        if (compressFrom == 0) return;
        if (form.IsGzip) response.Headers.ContentEncoding = Gzip;
        // RFC 9110, 12.5.5: whether or not this response is compressed, another reader's may be.
        response.Headers.Append(HeaderNames.Vary, HeaderNames.AcceptEncoding);
    }

    // Middleware that compresses has its own body in the response, and says by this feature that it may.
    private static bool IsMiddlewares(HttpContext context) => context.Features.Get<IHttpsCompressionFeature>() is not null;

    // RFC 9110, 12.5.3: a coding that is not listed may be used only where '*' is; a weight of 0 forbids it.
    private static bool Accepts(HttpRequest request)
    {
        if (!StringWithQualityHeaderValue.TryParseList(request.Headers.AcceptEncoding, out var accepted)) return false;
        var match = accepted.FirstOrDefault(a => a.Value.Equals(Gzip, StringComparison.OrdinalIgnoreCase)) ?? accepted.FirstOrDefault(a => a.Value == "*");
        return match is not null && (match.Quality ?? 1) > 0;
    }
}
