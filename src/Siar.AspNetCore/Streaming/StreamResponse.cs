using System.Collections.Concurrent;
using System.Net.Sockets;
using Microsoft.AspNetCore.Connections.Features;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.RateLimiting;
using Microsoft.AspNetCore.Server.Kestrel.Core.Features;
using Microsoft.Net.Http.Headers;
using Siar.Hub;

namespace Siar.AspNetCore;

/// <summary>
/// Sends a stream: the headers from the request, every byte after them from the reader's lane. Where the connection can be handed over, the
/// request ends with the headers and the stream goes on without it.
/// </summary>
internal sealed class StreamResponse(EventHub hub, TimeProvider time, HubHost host, ConnectionObservers? observers)
{
    private const string Gzip = "gzip";
    private const int Tcp = 6;
    private const int TcpUserTimeout = 18;

    // The lane watches over a peer that stops reading, until it lets go; what was written last gets so long.
    private static readonly TimeSpan LastFlush = TimeSpan.FromSeconds(1);

    private readonly GzipForm _gzip = new(SseForm.Plain, hub.Options.GzipFrom);
    private readonly ConcurrentDictionary<OutletFormat, OutletFormat> _formats = [];

    /// <summary>Serves a reader.</summary>
    /// <returns>The reader whose stream goes on after the request; null where the stream is over.</returns>
    public async Task<Subscriber?> RunAsync(HttpContext context, SubscribeCommand command)
    {
        var format = FormatOf(context, command);
        var isHead = HttpMethods.IsHead(context.Request.Method);
        if (!isHead && FindTakeover(context) is { } connection) return await TakeOverAsync(context, connection.CreateOutlet(format), command, format);

        var outlet = new ResponseOutlet(context.Response.BodyWriter, context.Abort, format);
        using var prepared = await hub.PrepareAsync(command.Request, outlet, context.RequestAborted);
        if (AnswerOver(context, prepared.Subscriber)) return null;
        SetHead(context, command, prepared.Subscriber, format);
        if (isHead) return null;

        // What others hang on the start of a response runs here, not on the lane. The headers leave with the lane's first bytes.
        await context.Response.StartAsync(context.RequestAborted);
        LimitSilence(context, hub.Options.WriteDeadline);

        var subscriber = Attach(context, prepared, command);
        await using (context.RequestAborted.UnsafeRegister(static s => ((Subscriber)s!).Close(EndReason.PeerClosed), subscriber))
        {
            var reason = await subscriber.Ended;
            await outlet.CompleteAsync(LastFlush, time);
            if (reason is EndReason.Draining && host.IsStopping) CutLater(context);
        }

        return null;
    }

    /// <summary>Makes a response one that nothing on its way holds back.</summary>
    public static void SetHeaders(HttpContext context, string contentType)
    {
        var headers = context.Response.Headers;
        headers.ContentType = contentType;

        // no-transform: a proxy that compresses holds bytes back. X-Accel-Buffering: nginx and those that follow it stream.
        headers.CacheControl = "no-cache, no-store, no-transform";
        headers["X-Accel-Buffering"] = "no";
        headers.XContentTypeOptions = "nosniff";
        context.Features.Get<IHttpResponseBodyFeature>()?.DisableBuffering();
    }

    private async Task<Subscriber?> TakeOverAsync(HttpContext context, TakeoverOutlet outlet, SubscribeCommand command, OutletFormat format)
    {
        using var prepared = await hub.PrepareAsync(command.Request, outlet, context.RequestAborted);
        if (AnswerOver(context, prepared.Subscriber)) return null;
        SetHead(context, command, prepared.Subscriber, format);
        // RFC 9112, 9.6: the connection carries no further response.
        context.Response.Headers.Connection = "close";
        await context.Response.StartAsync(context.RequestAborted);
        outlet.WriteFirst(context.Response.BodyWriter);
        await context.Response.BodyWriter.FlushAsync(context.RequestAborted);
        return outlet.TryTakeOver(hub.Options.WriteDeadline) ? Attach(context, prepared, command) : null;
    }

    /// <summary>The connection, where the bytes of the response are the bytes on the wire and nobody needs the connection afterwards; otherwise null.</summary>
    private static IConnectionTakeover? FindTakeover(HttpContext context)
    {
        // HTTP/2 carries other streams on the connection, and HTTP/1.0 knows no chunks (RFC 9112, 7.1).
        if (!HttpProtocol.IsHttp11(context.Request.Protocol) || !HttpMethods.IsGet(context.Request.Method)) return null;
        // A limiter that was asked for on this very endpoint holds its permit for as long as the request lasts.
        if (context.GetEndpoint()?.Metadata.GetMetadata<EnableRateLimitingAttribute>() is not null) return null;
        if (context.Features.Get<IConnectionTakeover>() is not { IsPossible: true } connection) return null;

        // Middleware that compresses, buffers or records the response puts a body of its own in the place of the server's. In the server both
        // features are the request itself.
        return context.Features.Get<IHttpMinResponseDataRateFeature>() is { } server && ReferenceEquals(context.Features.Get<IHttpResponseBodyFeature>(), server)
            ? connection
            : null;
    }

    // From here on the lane writes, so the request must wait for the lane's end whatever is called here.
    private Subscriber Attach(HttpContext context, PreparedSubscriber prepared, SubscribeCommand command)
    {
        // The beginning is told before the end can be.
        var connection = observers?.Connect(context, command.Caller, command.Request.Matchers);
        var subscriber = prepared.Attach();
        if (connection is not null) observers!.Follow(connection, subscriber);
        AccessEntry.Of(context)?.Follow(subscriber);
        try
        {
            command.OnAttached?.Invoke(subscriber);
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

    private void SetHead(HttpContext context, SubscribeCommand command, Subscriber subscriber, OutletFormat format)
    {
        var isEvents = command.Representation is Representation.ServerSentEvents;
        SetHeaders(context, isEvents ? Negotiation.EventStream : Negotiation.Ndjson);
        command.OnPrepared?.Invoke(context.Response, subscriber);
        if (!isEvents || hub.Options.GzipFrom == 0) return;
        SetEncoding(context.Response, isGzip: ReferenceEquals(format.Form, _gzip));
    }

    /// <summary>Says whether a response's body is to be gzip, in its headers too.</summary>
    /// <param name="context">The request.</param>
    /// <param name="from">Bytes from which an event is compressed; 0 where no stream is.</param>
    /// <returns>The same; null where this stream is plain.</returns>
    public static int? NegotiateGzip(HttpContext context, int from)
    {
        if (from == 0) return null;
        var isGzip = MayGzip(context);
        SetEncoding(context.Response, isGzip);
        return isGzip ? from : null;
    }

    private static void SetEncoding(HttpResponse response, bool isGzip)
    {
        if (isGzip) response.Headers.ContentEncoding = Gzip;
        // RFC 9110, 12.5.5: whether or not this response is compressed, another reader's may be.
        response.Headers.Append(HeaderNames.Vary, HeaderNames.AcceptEncoding);
    }

    // Middleware that compresses has its own body in the response, and says by this feature that it may.
    private static bool MayGzip(HttpContext context) => context.Features.Get<IHttpsCompressionFeature>() is null && AcceptsGzip(context.Request);

    /// <summary>How a stream is written: as gzip where the hub offers it and the reader accepts it.</summary>
    private OutletFormat FormatOf(HttpContext context, SubscribeCommand command)
    {
        var isEvents = command.Representation is Representation.ServerSentEvents;
        var format = new OutletFormat(isEvents ? command.Format.Form : NdjsonForm.Lines)
        {
            TakesSignals = command.Format.TakesSignals, TakesGaps = command.Format.TakesGaps, InitialRetry = command.Format.InitialRetry,
        };
        var isOffered = hub.Options.GzipFrom > 0 && ReferenceEquals(format.Form, SseForm.Plain);
        if (isOffered && MayGzip(context)) format = format with { Form = _gzip };
        // Ten thousand streams that are written alike hold it once.
        return _formats.GetOrAdd(format, format);
    }

    // RFC 9110, 12.5.3: a coding that is not listed may be used only where '*' is; a weight of 0 forbids it.
    private static bool AcceptsGzip(HttpRequest request)
    {
        if (!StringWithQualityHeaderValue.TryParseList(request.Headers.AcceptEncoding, out var accepted)) return false;
        var match = accepted.FirstOrDefault(a => a.Value.Equals(Gzip, StringComparison.OrdinalIgnoreCase)) ?? accepted.FirstOrDefault(a => a.Value == "*");
        return match is not null && (match.Quality ?? 1) > 0;
    }

    /// <summary>
    /// Has the system give up a peer that acknowledges nothing, such as one whose network is gone: it would go on for a quarter of an hour, and the
    /// peer would pass for a reader as long. The keep-alives give it something to acknowledge. Linux only (RFC 5482).
    /// </summary>
    private static void LimitSilence(HttpContext context, TimeSpan patience)
    {
        if (!OperatingSystem.IsLinux() || context.Features.Get<IConnectionSocketFeature>()?.Socket is not { } socket) return;
        try
        {
            if (socket.ProtocolType is ProtocolType.Tcp) socket.SetRawSocketOption(Tcp, TcpUserTimeout, BitConverter.GetBytes((int)patience.TotalMilliseconds));
        }
        catch (Exception failure) when (failure is SocketException or ObjectDisposedException)
        {
            // The connection is gone already, as is about to be seen.
        }
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
