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

        ArrayBufferWriter<byte>? body = null;
        while (true)
        {
            var read = await request.BodyReader.ReadAsync(request.HttpContext.RequestAborted);
            if (body is null && read.IsCompleted && read.Buffer.Length <= limit) return (Whole(request, read.Buffer), null);

            // What was announced is not held ready: it may never come.
            body ??= new ArrayBufferWriter<byte>(FirstBuffer);
            foreach (var part in read.Buffer) body.Write(part.Span[..(int)Math.Min(part.Length, limit + 1L - body.WrittenCount)]);
            request.BodyReader.AdvanceTo(read.Buffer.End);
            if (body.WrittenCount > limit) return ([], TooLarge(limit));
            if (read.IsCompleted) return (body.WrittenSpan.ToArray(), null);
        }
    }

    // A short body comes at once.
    private static byte[] Whole(HttpRequest request, ReadOnlySequence<byte> buffer)
    {
        var body = buffer.ToArray();
        request.BodyReader.AdvanceTo(buffer.End);
        return body;
    }

    private static Refusal TooLarge(int limit) => Refusal.TooLarge($"The body is larger than {limit} bytes, the most that is taken.");
}
