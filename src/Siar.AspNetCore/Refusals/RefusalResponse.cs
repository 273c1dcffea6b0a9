using System.Text.Encodings.Web;
using System.Text.Json;
using Microsoft.AspNetCore.WebUtilities;
using Microsoft.Extensions.Options;
using Microsoft.Net.Http.Headers;
using Siar.Auth;
using Siar.Hub;

namespace Siar.AspNetCore;

/// <summary>Answers requests that are refused, with the status and a sentence, and counts them. May be used from any thread.</summary>
internal sealed class RefusalResponse(EventHub hub, HubUrl url, IOptions<SiarOptions> options)
{
    /// <summary>Answers a request of the plain API, and of what tells about the hub.</summary>
    public Task SendAsync(HttpContext context, Refusal refusal)
    {
        if (ChallengeOf(refusal) is { } challenge) context.Response.Headers.WWWAuthenticate = challenge;
        return SendBareAsync(context, refusal);
    }

    /// <summary>
    /// Answers a request of the Mercure path. Where it is about the token, nothing is told but the status, and in 0.x that is always 401, without a
    /// challenge.
    /// </summary>
    public Task SendMercureAsync(HttpContext context, Refusal refusal, TokenDialect dialect)
    {
        var isAboutToken = refusal.BearerError is not null || refusal.Status == StatusCodes.Status401Unauthorized;
        if (!isAboutToken) return SendAsync(context, refusal);
        if (dialect is TokenDialect.V1) return SendAsync(context, WithStatusOnly(refusal));
        return SendBareAsync(context, WithStatusOnly(refusal with { Status = StatusCodes.Status401Unauthorized }));
    }

    /// <summary>Counts a refusal that is answered otherwise.</summary>
    public void Count(Refusal refusal) => hub.Metrics.CountRefusal(refusal.Reason);

    private Task SendBareAsync(HttpContext context, Refusal refusal)
    {
        Count(refusal);
        AccessEntry.Of(context)?.Refuse(refusal.Reason);
        var response = context.Response;
        response.StatusCode = refusal.Status;
        response.ContentType = refusal.ProblemType is null ? "text/plain; charset=utf-8" : "application/problem+json";
        response.Headers.CacheControl = "no-store";
        response.Headers.XContentTypeOptions = "nosniff";
        if (refusal.RetryAfter is { } wait) response.Headers[HeaderNames.RetryAfter] = RetryAfterOf(wait);
        return response.WriteAsync(refusal.ProblemType is null ? refusal.Sentence + "\n" : ProblemOf(refusal), context.RequestAborted);
    }

    // RFC 9457, 3: the sentence is the detail.
    private static string ProblemOf(Refusal refusal) =>
        $$"""{"type":"{{refusal.ProblemType}}","title":"{{ReasonPhrases.GetReasonPhrase(refusal.Status)}}","status":{{refusal.Status}},"detail":"{{JsonEncodedText.Encode(refusal.Sentence, JavaScriptEncoder.UnsafeRelaxedJsonEscaping)}}"}""";

    // RFC 6750, 3; RFC 9728, 5.1. RFC 9110, 15.5.2: "The server generating a 401 response MUST send a WWW-Authenticate header field".
    private string? ChallengeOf(Refusal refusal)
    {
        var hasTokens = options.Value.HasTokens;
        if (refusal.Status != StatusCodes.Status401Unauthorized && (refusal.BearerError is null || !hasTokens)) return null;
        if (!hasTokens) return "Bearer";
        var metadata = $"resource_metadata=\"{url.MetadataUrl}\"";
        return refusal.BearerError is { } error ? $"Bearer error=\"{error}\", {metadata}" : $"Bearer {metadata}";
    }

    /// <summary>A time to wait as the header field <c>Retry-After</c> says it: whole seconds, at least one.</summary>
    public static string RetryAfterOf(TimeSpan wait) => ((long)Math.Max(1, Math.Ceiling(wait.TotalSeconds))).ToString(System.Globalization.CultureInfo.InvariantCulture);

    private static Refusal WithStatusOnly(Refusal refusal) => refusal with { Sentence = ReasonPhrases.GetReasonPhrase(refusal.Status) };
}
