using Microsoft.Net.Http.Headers;

namespace Siar.AspNetCore;

/// <summary>Checks what a publisher says of its body.</summary>
internal static class RequestBody
{
    public static Refusal? CheckType(HttpRequest request, bool isBatch)
    {
        var contentEncoding = request.Headers.ContentEncoding;
        if (contentEncoding.Count > 0 && contentEncoding != "identity")
            return Unsupported("The body has a Content-Encoding, which is not undone here: send it plain.");

        MediaTypeHeaderValue? type = null;
        if (!string.IsNullOrEmpty(request.ContentType) && !MediaTypeHeaderValue.TryParse(request.ContentType, out type))
            return Refusal.Invalid("The Content-Type cannot be read.");
        if (type?.Charset.HasValue == true && !IsUtf8(type.Charset.Value.AsSpan().Trim('"')))
            return Unsupported($"The body's charset is '{type.Charset}': events are UTF-8 text, send them so.");
        if (!isBatch || type?.MediaType.Equals(Negotiation.Ndjson, StringComparison.OrdinalIgnoreCase) == true) return null;
        return Refusal.Invalid(
            $"The request names no topic: give one in the path (/events/TOPIC) or in the query (topic=), or send a batch as {Negotiation.Ndjson}.");
    }

    // US-ASCII is a part of UTF-8.
    private static bool IsUtf8(ReadOnlySpan<char> charset) =>
        charset.Equals("utf-8", StringComparison.OrdinalIgnoreCase) || charset.Equals("utf8", StringComparison.OrdinalIgnoreCase)
            || charset.Equals("us-ascii", StringComparison.OrdinalIgnoreCase);

    private static Refusal Unsupported(string sentence) =>
        new(StatusCodes.Status415UnsupportedMediaType, RefusalReason.UnsupportedMediaType, sentence);
}
