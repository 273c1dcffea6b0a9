using System.Net;

namespace Siar.Client;

/// <summary>Reads what a server says beside its answer.</summary>
internal static class ErrorResponse
{
    private const int LongestText = 1_000;

    /// <summary>The server's own sentence, or the bare status where there is none, or none comes: the status has come, and counts.</summary>
    /// <param name="response">The answer.</param>
    /// <param name="patience">Ends the waiting for the sentence.</param>
    /// <param name="cancellationToken">Ends it all.</param>
    public static async Task<string> SentenceAsync(HttpResponseMessage response, CancellationToken patience, CancellationToken cancellationToken)
    {
        var status = $"{(int)response.StatusCode} {response.ReasonPhrase}".TrimEnd();
        if (response.Content.Headers.ContentType?.MediaType is not ("text/plain" or "application/json" or "application/problem+json")) return status;
        try
        {
            var buffer = new byte[LongestText + 1];
            await using var body = await response.Content.ReadAsStreamAsync(patience);
            var length = await body.ReadAtLeastAsync(buffer, buffer.Length, throwOnEndOfStream: false, patience);
            var text = Wire.SseText.Decode(buffer.AsSpan(0, length)).Trim();
            return length is 0 or > LongestText ? status : $"{status}: {text}";
        }
        catch (Exception failure) when (failure is IOException or HttpRequestException || (failure is OperationCanceledException && !cancellationToken.IsCancellationRequested))
        {
            return status;
        }
    }

    /// <summary>
    /// When to come back (RFC 9110, section 10.2.3: seconds, or a date); null where the server does not say. A time in the past is now.
    /// </summary>
    public static TimeSpan? RetryAfter(HttpResponseMessage response, TimeProvider time)
    {
        if (response.Headers.RetryAfter is not { } after) return null;
        var wait = after.Delta ?? after.Date - time.GetUtcNow();
        return wait < TimeSpan.Zero ? TimeSpan.Zero : wait;
    }

    /// <summary>
    /// Whether a status is about the way or the moment, and not about the request. Those from 500 on that no standard knows, such as 520 to 530, come from
    /// what stands before a server; 501 and 505 say that this request will never be answered.
    /// </summary>
    public static bool IsPassing(HttpStatusCode status) => (int)status switch
    {
        408 or 425 or 429 => true,
        501 or 505 => false,
        _ => (int)status is >= 500 and < 600,
    };

    /// <summary>What went wrong on the way, in the words of the innermost cause.</summary>
    public static string Reason(Exception failure)
    {
        while (failure.InnerException is { } inner) failure = inner;
        return failure.Message.TrimEnd('.');
    }
}
