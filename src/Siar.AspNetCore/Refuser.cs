using Microsoft.Net.Http.Headers;
using Siar.Hub;

namespace Siar.AspNetCore;

/// <summary>Answers requests that are not served, with a sentence, and counts them.</summary>
internal sealed class Refuser(EventHub hub, BearerChallenge challenge)
{
    public Task AnswerAsync(HttpContext context, Refusal refusal)
    {
        if (challenge.Of(refusal) is { } value) context.Response.Headers.WWWAuthenticate = value;
        return AnswerBareAsync(context, refusal);
    }

    /// <summary>The same, but for the challenge.</summary>
    public Task AnswerBareAsync(HttpContext context, Refusal refusal)
    {
        Count(refusal);
        var response = context.Response;
        response.StatusCode = refusal.Status;
        response.ContentType = "text/plain; charset=utf-8";
        response.Headers.CacheControl = "no-store";
        response.Headers.XContentTypeOptions = "nosniff";
        if (refusal.RetryAfter is { } wait) response.Headers[HeaderNames.RetryAfter] = Seconds(wait);
        return response.WriteAsync(refusal.Sentence + "\n", context.RequestAborted);
    }

    public void Count(Refusal refusal) => hub.Metrics.CountRefusal(refusal.Reason);

    private static string Seconds(TimeSpan wait) => ((long)Math.Max(1, Math.Ceiling(wait.TotalSeconds))).ToString();
}
