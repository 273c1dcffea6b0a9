using Microsoft.Net.Http.Headers;
using Siar.Hub;

namespace Siar.AspNetCore;

/// <summary>Answers requests that are not served, with a sentence, and counts them.</summary>
internal sealed class Refuser(EventHub hub)
{
    public Task AnswerAsync(HttpContext context, Refusal refusal)
    {
        Count(refusal);
        var response = context.Response;
        response.StatusCode = refusal.Status;
        response.ContentType = "text/plain; charset=utf-8";
        response.Headers.CacheControl = "no-store";
        response.Headers.XContentTypeOptions = "nosniff";

        // RFC 9110, 15.5.2: "The server generating a 401 response MUST send a WWW-Authenticate header field".
        if (refusal.Status == StatusCodes.Status401Unauthorized) response.Headers.WWWAuthenticate = "Bearer";
        if (refusal.RetryAfter is { } wait) response.Headers[HeaderNames.RetryAfter] = Seconds(wait);
        return response.WriteAsync(refusal.Sentence + "\n", context.RequestAborted);
    }

    public void Count(Refusal refusal) => hub.Metrics.CountRefusal(refusal.Reason);

    private static string Seconds(TimeSpan wait) => ((long)Math.Max(1, Math.Ceiling(wait.TotalSeconds))).ToString();
}
