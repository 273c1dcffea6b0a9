using System.Buffers;
using System.Security.Claims;
using Microsoft.Extensions.Hosting;
using Siar.Hub;
using Siar.Wire;

namespace Siar.AspNetCore;

/// <summary>
/// Streams what a source gives to one caller: nothing of it is in the log, so that nothing is resumed. Keep-alives, the limits of connections, the write deadline,
/// compression and drain are those of the hub's own streams. The source is asked for an event only when the one before has left. May be used from any thread.
/// </summary>
internal sealed class SourceStream(EventHub hub, ConnectionLimiter connections, StreamRefusal refusals, IHostApplicationLifetime lifetime, TimeProvider time)
{
    /// <summary>Streams a source.</summary>
    /// <param name="context">The request.</param>
    /// <param name="source">The data of each event. It is cancelled when the caller leaves, and when the application stops.</param>
    /// <param name="type">The type of each event; the default value is <c>message</c>.</param>
    public async Task RunAsync(HttpContext context, IAsyncEnumerable<ReadOnlyMemory<byte>> source, EventType type)
    {
        StreamConventions.Apply(context);
        var (address, reader) = (ClientAddress.Of(context), ReaderOf(context));
        var wantsStatus = context.Request.Query["refusal"].Contains("status");
        if (hub.IsDraining || lifetime.ApplicationStopping.IsCancellationRequested)
        {
            await refusals.SendAsync(context, Refusal.Draining, softly: !wantsStatus);
            return;
        }

        if (connections.TryEnter(address, reader) is not ConnectionRefusal.None and var refused)
        {
            await refusals.SendAsync(context, Refusal.NoPlace(refused), softly: !wantsStatus);
            return;
        }

        try
        {
            AccessEntry.Of(context)?.Identify(reader);
            await SendAsync(context, source, type);
        }
        finally
        {
            connections.Leave(address, reader);
        }
    }

    private async Task SendAsync(HttpContext context, IAsyncEnumerable<ReadOnlyMemory<byte>> source, EventType type)
    {
        StreamResponse.SetHeaders(context, Negotiation.EventStream);
        var writer = new Writer(context.Response, StreamResponse.NegotiateGzip(context, hub.Options.GzipFrom));
        if (HttpMethods.IsHead(context.Request.Method)) return;

        using var ending = CancellationTokenSource.CreateLinkedTokenSource(context.RequestAborted, lifetime.ApplicationStopping);
        await using var events = source.GetAsyncEnumerator(ending.Token);
        var sent = 0;
        try
        {
            writer.Begin();
            await FlushAsync(context, ending);
            while (true)
            {
                var next = events.MoveNextAsync().AsTask();
                try
                {
                    while (!await CompletesInTimeAsync(next, ending.Token))
                    {
                        writer.WriteKeepAlive();
                        await FlushAsync(context, ending);
                    }
                }
                catch
                {
                    // A source that is at work cannot be disposed of.
                    await ending.CancelAsync();
                    await ((Task)next).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
                    throw;
                }

                if (!await next) break;
                writer.WriteEvent(type, events.Current.Span);
                await FlushAsync(context, ending);
                AccessEntry.Of(context)?.Publish(++sent);
            }

            writer.End(retryMilliseconds: null);
        }
        catch (OperationCanceledException) when (ending.IsCancellationRequested)
        {
            if (!lifetime.ApplicationStopping.IsCancellationRequested || context.RequestAborted.IsCancellationRequested) return;
            writer.End((int)(hub.Options.ReconnectDelay.TotalMilliseconds * (0.5 + Random.Shared.NextDouble())));
        }
    }

    /// <summary>Whether the source has something to say before it is time for a keep-alive. A source that is cancelled is waited for: it ends in its own way.</summary>
    private async Task<bool> CompletesInTimeAsync(Task next, CancellationToken ending)
    {
        if (next.IsCompleted || ending.IsCancellationRequested) return true;
        using var woken = CancellationTokenSource.CreateLinkedTokenSource(ending);
        var first = await Task.WhenAny(next, Task.Delay(hub.Options.KeepAlive, time, woken.Token));
        await woken.CancelAsync();
        return first == next || ending.IsCancellationRequested;
    }

    // A peer that takes nothing for so long is cut off, as from the hub's own streams.
    private async Task FlushAsync(HttpContext context, CancellationTokenSource ending)
    {
        var flush = context.Response.BodyWriter.FlushAsync(context.RequestAborted);
        if (flush.IsCompletedSuccessfully) return;
        try
        {
            await flush.AsTask().WaitAsync(hub.Options.WriteDeadline, time);
        }
        catch (TimeoutException)
        {
            context.Abort();
            await ending.CancelAsync();
            throw new OperationCanceledException(ending.Token);
        }
    }

    private static CallerIdentity ReaderOf(HttpContext context) =>
        (context.User.FindFirstValue(ClaimTypes.NameIdentifier) ?? context.User.Identity?.Name) is { } name ? CallerIdentity.OfApplication(name) : default;

    /// <summary>Writes the stream, compressed where it was negotiated.</summary>
    private sealed class Writer(HttpResponse response, int? gzipFrom)
    {
        private static readonly OutletFormat Plain = new(SseForm.Plain);
        private readonly ArrayBufferWriter<byte> _block = new();
        private GzipSum _sum;

        public void Begin()
        {
            if (gzipFrom is not null) response.BodyWriter.Write(GzipBlocks.Header);
            Write(StreamBlock.First);
        }

        public void WriteKeepAlive() => Write(StreamBlock.KeepAlive(cursor: null));

        public void WriteEvent(EventType type, ReadOnlySpan<byte> data)
        {
            var content = new SseEvent { Type = type, Data = data };
            _block.ResetWrittenCount();
            _block.Advance(SseEncoder.WriteEvent(content, _block.GetSpan(SseEncoder.MeasureEvent(content))));
            Send();
        }

        public void End(int? retryMilliseconds)
        {
            Write(StreamBlock.End(retryMilliseconds));
            if (gzipFrom is null) return;
            _sum.WriteEnd(response.BodyWriter.GetSpan(GzipBlocks.EndLength));
            response.BodyWriter.Advance(GzipBlocks.EndLength);
        }

        private void Write(in StreamBlock block)
        {
            _block.ResetWrittenCount();
            var unused = default(GzipSum);
            SseForm.Plain.Write(block, Plain, _block, ref unused);
            if (_block.WrittenCount > 0) Send();
        }

        private void Send()
        {
            var bytes = _block.WrittenSpan;
            if (gzipFrom is not { } from)
            {
                response.BodyWriter.Write(bytes);
                return;
            }

            _sum.Add(GzipPart.Of(bytes));
            GzipBlocks.Write(bytes, from, response.BodyWriter);
        }
    }
}
