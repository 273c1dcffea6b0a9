using System.Buffers;
using Siar.Hub;
using Siar.Wire;

namespace Siar.AspNetCore;

/// <summary>Turns away those for whose stream there is no place now. May be used from any thread.</summary>
internal sealed class StreamRefusal(EventHub hub, RefusalResponse refusals)
{
    /// <summary>
    /// Turns away a reader that shall come back. A browser's <c>EventSource</c> never retries after any status but 200 (HTML Standard, 9.2.3: "fail the
    /// connection"), so it is answered 200, a <c>retry:</c> of its own and the end. <c>refusal=status</c> in the query asks for statuses instead.
    /// </summary>
    /// <param name="context">The request.</param>
    /// <param name="refusal">Why it is turned away.</param>
    /// <param name="softly">Whether the answer is one that an <c>EventSource</c> comes back after; else it is the status.</param>
    public async Task SendAsync(HttpContext context, Refusal refusal, bool softly)
    {
        // Spread, so that those who were turned away together do not come back together.
        var delay = hub.Options.ReconnectDelay * (0.5 + Random.Shared.NextDouble());
        if (!softly)
        {
            await refusals.SendAsync(context, refusal with { RetryAfter = delay });
            return;
        }

        refusals.Count(refusal);
        AccessEntry.Of(context)?.Refuse(refusal.Reason);

        // An idle connection would hold what is short. HTTP/2 has no such header (RFC 9113, 8.2.2).
        if (!HttpProtocol.IsHttp2(context.Request.Protocol) && !HttpProtocol.IsHttp3(context.Request.Protocol)) context.Response.Headers.Connection = "close";
        StreamResponse.SetHeaders(context, Negotiation.EventStream);
        if (HttpMethods.IsHead(context.Request.Method)) return;
        var bytes = new ArrayBufferWriter<byte>();
        var sum = default(GzipSum);
        var format = new OutletFormat(SseForm.Plain) { InitialRetry = (int)delay.TotalMilliseconds };
        format.Form.Write(StreamBlock.First, format, bytes, ref sum);
        await context.Response.Body.WriteAsync(bytes.WrittenMemory, context.RequestAborted);
    }
}
