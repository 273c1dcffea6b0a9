using Microsoft.AspNetCore.Connections.Features;
using Siar.Hub;

namespace Siar.AspNetCore;

/// <summary>
/// Sends a stream: the headers from the request, every byte after them from the reader's lane. Where the connection can be handed over, the
/// request ends with the headers and the stream goes on without it.
/// </summary>
internal sealed class StreamRunner(EventHub hub, TimeProvider time, HubHost host)
{
    // The lane watches over a peer that stops reading, until it lets go; what was written last gets so long.
    private static readonly TimeSpan LastFlush = TimeSpan.FromSeconds(1);

    /// <summary>Serves a reader.</summary>
    /// <returns>The reader whose stream goes on after the request; null where the stream is over.</returns>
    public async Task<Subscriber?> RunAsync(HttpContext context, Representation representation, SubscribeRequest request, StreamStyle style)
    {
        var form = FormOf(context, representation, style);
        var isHead = HttpMethods.IsHead(context.Request.Method);
        if (!isHead && representation is Representation.ServerSentEvents && style.Translation is null && HandOver.Find(context) is { } connection)
            return await HandOverAsync(context, connection.CreateOutlet(form), request, style, form);

        ResponseOutlet outlet = representation is Representation.Ndjson
            ? new NdjsonOutlet(context.Response.BodyWriter, context.Abort, style.TakesSignals)
            : new SseOutlet(context.Response.BodyWriter, context.Abort, form, style.Translation);
        using var prepared = await hub.PrepareAsync(request, outlet, context.RequestAborted);
        if (AnswerOver(context, prepared.Subscriber)) return null;
        if (isHead)
        {
            SetHead(context, representation, prepared.Subscriber, style, form);
            return null;
        }

        await StartAsync(context, representation, prepared.Subscriber, style, form);
        SilentPeer.Limit(context, hub.Options.WriteDeadline);

        var subscriber = Attach(prepared, style);
        await using (context.RequestAborted.UnsafeRegister(static s => ((Subscriber)s!).Close(EndReason.PeerClosed), subscriber))
        {
            var reason = await subscriber.Ended;
            await outlet.CompleteAsync(LastFlush, time);
            if (reason is EndReason.Draining && host.IsStopping) CutLater(context);
        }

        return null;
    }

    private SseForm FormOf(HttpContext context, Representation representation, StreamStyle style) =>
        style.Translation is null && representation is Representation.ServerSentEvents ? GzipChoice.Choose(context, style.Form, hub.Options.GzipFrom) : style.Form;

    private async Task<Subscriber?> HandOverAsync(HttpContext context, HandOverOutlet outlet, SubscribeRequest request, StreamStyle style, SseForm form)
    {
        using var prepared = await hub.PrepareAsync(request, outlet, context.RequestAborted);
        if (AnswerOver(context, prepared.Subscriber)) return null;
        StreamHeaders.Set(context, Negotiation.EventStream);
        style.SetHeaders(context, prepared.Subscriber);
        GzipChoice.SetHeaders(context.Response, form, hub.Options.GzipFrom);
        await HandOver.SendHeadAsync(context, outlet);
        return outlet.TryTakeOver(hub.Options.WriteDeadline) ? Attach(prepared, style) : null;
    }

    // From here on the lane writes, so the request must wait for the lane's end whatever the style does.
    private Subscriber Attach(PreparedSubscriber prepared, StreamStyle style)
    {
        var subscriber = prepared.Attach();
        try
        {
            style.OnAttached(subscriber);
        }
        catch (Exception failure)
        {
            hub.Metrics.CountFailure(failure);
            subscriber.Close(EndReason.Requested);
        }

        return subscriber;
    }

    // HTML Standard, 9.2.3: after any status but 200 an EventSource does not come back.
    private static bool AnswerOver(HttpContext context, Subscriber subscriber)
    {
        if (!subscriber.IsOver) return false;
        context.Response.StatusCode = StatusCodes.Status204NoContent;
        context.Response.Headers.CacheControl = "no-store";
        return true;
    }

    // What others hang on the start of a response runs here, not on the lane. The headers leave with the lane's first bytes.
    private async Task StartAsync(HttpContext context, Representation representation, Subscriber subscriber, StreamStyle style, SseForm form)
    {
        SetHead(context, representation, subscriber, style, form);
        await context.Response.StartAsync(context.RequestAborted);
    }

    private void SetHead(HttpContext context, Representation representation, Subscriber subscriber, StreamStyle style, SseForm form)
    {
        StreamHeaders.Set(context, representation is Representation.Ndjson ? Negotiation.Ndjson : Negotiation.EventStream);
        style.SetHeaders(context, subscriber);
        if (representation is Representation.ServerSentEvents) GzipChoice.SetHeaders(context.Response, form, hub.Options.GzipFrom);
    }

    /// <summary>
    /// A stopping server waits for every connection's last byte to be sent; one whose peer does not read would use up the host's whole time.
    /// Only in HTTP/1 is the connection the stream's own.
    /// </summary>
    private void CutLater(HttpContext context)
    {
        if (!HttpProtocol.IsHttp11(context.Request.Protocol) && !HttpProtocol.IsHttp10(context.Request.Protocol)) return;
        if (context.Features.Get<IConnectionLifetimeFeature>() is { } connection) _ = CutLaterAsync(connection);
    }

    private async Task CutLaterAsync(IConnectionLifetimeFeature connection)
    {
        try
        {
            await Task.Delay(LastFlush, time, connection.ConnectionClosed);
            connection.Abort();
        }
        catch (Exception failure) when (failure is OperationCanceledException or ObjectDisposedException)
        {
            // Closed in order: what was to be cut is gone.
        }
    }
}
