using Microsoft.Net.Http.Headers;

namespace Siar.AspNetCore;

/// <summary>Reads a body of form fields.</summary>
internal static class FormBody
{
    private const string UrlEncoded = "application/x-www-form-urlencoded";

    /// <summary>What is wrong with what the request says of its body; null when nothing is.</summary>
    public static Refusal? CheckType(HttpRequest request)
    {
        var coding = request.Headers.ContentEncoding;
        if (coding.Count > 0 && coding != "identity") return Unsupported("The body has a Content-Encoding, which is not undone here: send it plain.");
        // [Mercure, 2026-09-14] A type that is missing or cannot be read is 400, another one 415.
        if (!MediaTypeHeaderValue.TryParse(request.ContentType, out var type) || type.Parameters.Any(p => p.Value.Length == 0))
            return Refusal.Invalid($"The Content-Type is missing or cannot be read: send {UrlEncoded}.");
        return type.MediaType.Equals(UrlEncoded, StringComparison.OrdinalIgnoreCase)
            ? null
            : Unsupported($"The body is '{type.MediaType}': send {UrlEncoded}.");
    }

    /// <summary>Reads a body whose type is known to be good, and adds its fields, which hold its bytes. It must be disposed of when they are used no more.</summary>
    public static async ValueTask<(HeldBody? Body, Refusal? Refusal)> ReadAsync(BodyReader bodies, HttpRequest request, int limit, FormFields fields)
    {
        var (body, refusal) = await bodies.ReadAsync(request, limit);
        if (refusal is not null || fields.Add(body!.Bytes) is not { } error) return (body, refusal);
        body.Dispose();
        return (null, Refusal.Invalid(error));
    }

    private static Refusal Unsupported(string sentence) =>
        new(StatusCodes.Status415UnsupportedMediaType, RefusalReason.UnsupportedMediaType, sentence);
}
