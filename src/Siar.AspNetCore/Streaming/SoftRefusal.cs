using System.Buffers;
using Siar.Hub;

namespace Siar.AspNetCore;

/// <summary>
/// Turns away readers that shall come back. A browser's <c>EventSource</c> never retries after any status but 200 (HTML Standard, 9.2.3:
/// "fail the connection"), so it is answered 200, a <c>retry:</c> of its own and the end. <c>refusal=status</c> in the query asks for
/// statuses instead; readers of JSON always get them.
/// </summary>
internal sealed class SoftRefusal(EventHub hub, Refuser refuser)
{
    public static Refusal Draining { get; } = Unavailable(RefusalReason.Draining, "The hub is shutting down: come back in a moment.");

    public static Refusal Of(ConnectionRefusal refusal) => refusal switch
    {
        ConnectionRefusal.Total => Unavailable(RefusalReason.Connections, "The hub has as many streams open as it may: come back in a moment."),
        ConnectionRefusal.Address => TooMany(
            RefusalReason.ConnectionsPerAddress, "Your address has as many streams open as it may: close some, or come back in a moment."),
        ConnectionRefusal.Token => TooMany(
            RefusalReason.ConnectionsPerToken, "Your token has as many streams open as it may: close some, or come back in a moment."),
        _ => throw new ArgumentOutOfRangeException(nameof(refusal)),
    };

    public static Refusal Patterns(string sentence) => Unavailable(RefusalReason.Patterns, sentence);

    public async Task AnswerAsync(HttpContext context, QueryFields query, Representation representation, StreamStyle style, Refusal refusal)
    {
        var delay = RetryDelay();
        if (!style.RefusesSoftly || representation is not Representation.ServerSentEvents || query.All("refusal").Contains("status"))
        {
            await refuser.AnswerAsync(context, refusal with { RetryAfter = delay });
            return;
        }

        refuser.Count(refusal);

        // An idle connection would hold what is short. HTTP/2 has no such header (RFC 9113, 8.2.2).
        if (!HttpProtocol.IsHttp2(context.Request.Protocol) && !HttpProtocol.IsHttp3(context.Request.Protocol)) context.Response.Headers.Connection = "close";
        StreamHeaders.Set(context, Negotiation.EventStream);
        if (HttpMethods.IsHead(context.Request.Method)) return;
        var bytes = new ArrayBufferWriter<byte>();
        SseBlocks.WriteFirst(bytes, new SseForm(TakesSignals: false, (int)delay.TotalMilliseconds));
        await context.Response.Body.WriteAsync(bytes.WrittenMemory, context.RequestAborted);
    }

    // Spread, so that those who were turned away together do not come back together.
    private TimeSpan RetryDelay() => hub.Options.ReconnectDelay * (0.5 + Random.Shared.NextDouble());

    private static Refusal Unavailable(string reason, string sentence) => new(StatusCodes.Status503ServiceUnavailable, reason, sentence);

    private static Refusal TooMany(string reason, string sentence) => new(StatusCodes.Status429TooManyRequests, reason, sentence);
}
