using System.Buffers;

namespace Siar.AspNetCore;

/// <summary>Reads a request's body whole, up to a limit.</summary>
internal static class BodyReader
{
    private const int FirstBuffer = 4_096;

    /// <summary>Reads the body to its end, or to the limit.</summary>
    /// <returns>The body, or why it is refused.</returns>
    public static async ValueTask<(byte[] Body, Refusal? Refusal)> ReadAsync(HttpRequest request, int limit)
    {
        if (request.ContentLength > limit) return ([], TooLarge(limit));
        if (request.HttpContext.Features.Get<Microsoft.AspNetCore.Http.Features.IHttpMaxRequestBodySizeFeature>() is { IsReadOnly: false } size)
            size.MaxRequestBodySize = null;

        if (request.ContentLength is { } length) return (await ReadExactlyAsync(request, (int)length), null);
        var body = new ArrayBufferWriter<byte>(FirstBuffer);
        while (true)
        {
            var read = await request.BodyReader.ReadAsync(request.HttpContext.RequestAborted);
            foreach (var part in read.Buffer) body.Write(part.Span[..(int)Math.Min(part.Length, limit + 1L - body.WrittenCount)]);
            request.BodyReader.AdvanceTo(read.Buffer.End);
            if (body.WrittenCount > limit) return ([], TooLarge(limit));
            if (read.IsCompleted) return (body.WrittenSpan.ToArray(), null);
        }
    }

    // The server gives as many bytes as were announced, or throws.
    private static async ValueTask<byte[]> ReadExactlyAsync(HttpRequest request, int length)
    {
        if (length == 0) return [];
        var body = new byte[length];
        var count = 0;
        while (count < length)
        {
            var read = await request.BodyReader.ReadAsync(request.HttpContext.RequestAborted);
            foreach (var part in read.Buffer)
            {
                part.Span.CopyTo(body.AsSpan(count));
                count += part.Length;
            }

            request.BodyReader.AdvanceTo(read.Buffer.End);
            if (read.IsCompleted) break;
        }

        return count == length ? body : body[..count];
    }

    private static Refusal TooLarge(int limit) => Refusal.TooLarge($"The body is larger than {limit} bytes, the most that is taken.");
}
