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
        var subscriber = await hub.PrepareAsync(request, outlet, context.RequestAborted);
        if (AnswerOver(context, subscriber)) return null;
        if (isHead)
        {
            SetHead(context, representation, subscriber, style, form);
            hub.Abandon(subscriber);
            return null;
        }

        await StartAsync(context, representation, subscriber, style, form);
        SilentPeer.Limit(context, hub.Options.WriteDeadline);

        EventHub.Attach(subscriber);
        style.OnAttached(subscriber);
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
        var subscriber = await hub.PrepareAsync(request, outlet, context.RequestAborted);
        if (AnswerOver(context, subscriber)) return null;
        try
        {
            StreamHeaders.Set(context, Negotiation.EventStream);
            style.SetHeaders(context, subscriber);
            GzipChoice.SetHeaders(context.Response, form, hub.Options.GzipFrom);
            await HandOver.SendHeadAsync(context, outlet);
            if (!outlet.TryTakeOver(hub.Options.WriteDeadline))
            {
                hub.Abandon(subscriber);
                return null;
            }
        }
        catch
        {
            hub.Abandon(subscriber);
            throw;
        }

        EventHub.Attach(subscriber);
        style.OnAttached(subscriber);
        return subscriber;
    }

    // HTML Standard, 9.2.3: after any status but 200 an EventSource does not come back.
    private bool AnswerOver(HttpContext context, Subscriber subscriber)
    {
        if (!subscriber.IsOver) return false;
        hub.Abandon(subscriber);
        context.Response.StatusCode = StatusCodes.Status204NoContent;
        context.Response.Headers.CacheControl = "no-store";
        return true;
    }

    // What others hang on the start of a response runs here, not on the lane. The headers leave with the lane's first bytes.
    private async Task StartAsync(HttpContext context, Representation representation, Subscriber subscriber, StreamStyle style, SseForm form)
    {
        try
        {
            SetHead(context, representation, subscriber, style, form);
            await context.Response.StartAsync(context.RequestAborted);
        }
        catch
        {
            hub.Abandon(subscriber);
            throw;
        }
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
