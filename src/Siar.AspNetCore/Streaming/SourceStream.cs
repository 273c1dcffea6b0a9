using System.Buffers;
using System.Collections.Concurrent;
using System.Security.Claims;
using Microsoft.Extensions.Hosting;
using Siar.Hub;
using Siar.Topics;
using Siar.Wire;

namespace Siar.AspNetCore;

/// <summary>
/// Streams what a source gives to one caller: nothing of it is in the log, so that nothing is resumed. Keep-alives, the limits of connections, the write deadline,
/// compression and drain are those of the hub's own streams. The source is asked for an event only when the one before has left. May be used from any thread.
/// </summary>
internal sealed class SourceStream
{
    private static readonly SiarAccess Nobody = new();

    private readonly EventHub _hub;
    private readonly ConnectionLimiter _connections;
    private readonly AccessResolver _resolver;
    private readonly StreamRefusal _refusals;
    private readonly RefusalResponse _statuses;
    private readonly IHostApplicationLifetime _lifetime;
    private readonly TimeProvider _time;
    private readonly ConnectionObservers _observers;
    private readonly ConcurrentDictionary<OpenSource, bool> _open = new();

    public SourceStream(
        EventHub hub, ConnectionLimiter connections, AccessResolver resolver, StreamRefusal refusals, RefusalResponse statuses, ConnectionObservers observers,
        IHostApplicationLifetime lifetime, TimeProvider time)
    {
        _hub = hub;
        _connections = connections;
        _resolver = resolver;
        _refusals = refusals;
        _statuses = statuses;
        _observers = observers;
        _lifetime = lifetime;
        _time = time;
        hub.Revocations.AlsoEnd(End);
    }

    /// <summary>Streams a source.</summary>
    /// <param name="context">The request.</param>
    /// <param name="source">The data of each event. It is cancelled when the caller leaves, and when the application stops.</param>
    /// <param name="type">The type of each event; the default value is <c>message</c>.</param>
    public async Task RunAsync(HttpContext context, IAsyncEnumerable<ReadOnlyMemory<byte>> source, EventType type)
    {
        StreamConventions.Apply(context);
        var (address, reader) = (ClientAddress.Of(context), ReaderOf(context));
        var wantsStatus = context.Request.Query["refusal"].Contains("status");
        if (_hub.IsDraining || _lifetime.ApplicationStopping.IsCancellationRequested)
        {
            await _refusals.SendAsync(context, Refusal.Draining, softly: !wantsStatus);
            return;
        }

        if (_connections.TryEnter(address, reader) is not ConnectionRefusal.None and var refused)
        {
            await _refusals.SendAsync(context, Refusal.NoPlace(refused), softly: !wantsStatus);
            return;
        }

        var access = context.User.FindSiarAccess() ?? Nobody;
        var open = new OpenSource(address, access.MarksOf(context), SignalsIn(context));
        try
        {
            AccessEntry.Of(context)?.Identify(reader);
            // First among those that are open, then looked up: whichever is first, none that is revoked stays.
            _open.TryAdd(open, true);
            if (_resolver.FindRevocation(context, access) is { } revoked) await _statuses.SendAsync(context, revoked);
            else await ObserveAsync(context, access.Caller is { IsNone: false } caller ? caller : reader, open, () => SendAsync(context, open, source, type));
        }
        finally
        {
            _open.TryRemove(open, out _);
            _connections.Leave(address, reader);
        }
    }

    private void End(CallerFilter callers, RevokedSignal signal)
    {
        foreach (var (open, _) in _open) open.End(callers, signal);
    }

    private static bool SignalsIn(HttpContext context) => context.Request.Query["signals"].Contains("on");

    private async Task ObserveAsync(HttpContext context, CallerIdentity caller, OpenSource open, Func<Task> send)
    {
        if (HttpMethods.IsHead(context.Request.Method) || _observers.Connect(context, caller, MatcherSet.None) is not { } connection)
        {
            await send();
            return;
        }

        var reason = EndReason.Failed;
        try
        {
            await send();
            reason = open.Signal?.Ended ?? (context.RequestAborted.IsCancellationRequested ? EndReason.PeerClosed : _lifetime.ApplicationStopping.IsCancellationRequested ? EndReason.Draining : EndReason.Closed);
        }
        finally
        {
            _observers.Disconnect(connection, open.HasStalled ? EndReason.Stalled : reason);
        }
    }

    private async Task SendAsync(HttpContext context, OpenSource open, IAsyncEnumerable<ReadOnlyMemory<byte>> source, EventType type)
    {
        StreamResponse.SetHeaders(context, Negotiation.EventStream);
        var writer = new Writer(context.Response, StreamResponse.NegotiateGzip(context, _hub.Options.GzipFrom));
        if (HttpMethods.IsHead(context.Request.Method)) return;

        using var ending = CancellationTokenSource.CreateLinkedTokenSource(context.RequestAborted, _lifetime.ApplicationStopping, open.Ending);
        await using var events = source.GetAsyncEnumerator(ending.Token);
        var sent = 0;
        try
        {
            writer.Begin();
            await FlushAsync(context, open, ending);
            while (true)
            {
                var next = events.MoveNextAsync().AsTask();
                try
                {
                    while (!await CompletesInTimeAsync(next, ending.Token))
                    {
                        writer.WriteKeepAlive();
                        await FlushAsync(context, open, ending);
                    }
                }
                catch
                {
                    // A source that is at work cannot be disposed of.
                    await ending.CancelAsync();
                    await ((Task)next).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
                    throw;
                }

                if (open.Signal is { } signal)
                {
                    // Whatever the source does with being cancelled, nothing more of it leaves.
                    await TellAsync(context, writer, open, signal, ending);
                    await ((Task)next).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
                    return;
                }

                if (!await next) break;
                writer.WriteEvent(type, events.Current.Span);
                await FlushAsync(context, open, ending);
                AccessEntry.Of(context)?.Publish(++sent);
            }

            writer.End(retryMilliseconds: null);
        }
        catch (OperationCanceledException) when (ending.IsCancellationRequested)
        {
            if (!_lifetime.ApplicationStopping.IsCancellationRequested || context.RequestAborted.IsCancellationRequested) return;
            writer.End(RetryDelay());
        }
    }

    private async Task TellAsync(HttpContext context, Writer writer, OpenSource open, RevokedSignal signal, CancellationTokenSource ending)
    {
        if (open.TakesSignals) writer.WriteRevoked(signal);
        writer.End(RetryDelay());
        await FlushAsync(context, open, ending);
        await context.Response.CompleteAsync();
    }

    // Each has a time of its own, so that they do not come back together.
    private int RetryDelay() => (int)(_hub.Options.ReconnectDelay.TotalMilliseconds * (0.5 + Random.Shared.NextDouble()));

    /// <summary>Whether the source has something to say before it is time for a keep-alive. A source that is cancelled is waited for: it ends in its own way.</summary>
    private async Task<bool> CompletesInTimeAsync(Task next, CancellationToken ending)
    {
        if (next.IsCompleted || ending.IsCancellationRequested) return true;
        using var woken = CancellationTokenSource.CreateLinkedTokenSource(ending);
        var first = await Task.WhenAny(next, Task.Delay(_hub.Options.KeepAlive, _time, woken.Token));
        await woken.CancelAsync();
        return first == next || ending.IsCancellationRequested;
    }

    // A peer that takes nothing for so long is cut off, as from the hub's own streams.
    private async Task FlushAsync(HttpContext context, OpenSource open, CancellationTokenSource ending)
    {
        var flush = context.Response.BodyWriter.FlushAsync(context.RequestAborted);
        if (flush.IsCompletedSuccessfully) return;
        try
        {
            await flush.AsTask().WaitAsync(_hub.Options.WriteDeadline, _time);
        }
        catch (TimeoutException)
        {
            open.HasStalled = true;
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

        public void WriteRevoked(RevokedSignal signal) => Write(StreamBlock.Revoked(signal));

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

    /// <summary>A stream that is open, and may be ended for its caller's sake.</summary>
    private sealed class OpenSource(string? address, CallerMarks? marks, bool takesSignals)
    {
        // Holds nothing that would have to be disposed of, and may be cancelled late.
        private readonly CancellationTokenSource _ending = new();
        private RevokedSignal? _signal;

        public CancellationToken Ending => _ending.Token;

        public bool TakesSignals => takesSignals;

        public RevokedSignal? Signal => Volatile.Read(ref _signal);

        public bool HasStalled { get; set; }

        public void End(CallerFilter callers, RevokedSignal signal)
        {
            if (!callers.Means(marks, address) || Interlocked.CompareExchange(ref _signal, signal, null) is not null) return;
            // What the source does then is none of the caller's.
            _ = _ending.CancelAsync();
        }
    }
}
