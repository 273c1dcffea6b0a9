using System.IO.Pipelines;
using System.Runtime.CompilerServices;
using Siar.Hub;
using Siar.Wire;

namespace Siar.AspNetCore;

/// <summary>
/// The portable outlet: a response's <see cref="PipeWriter"/>. Its lane alone writes to it, one flush to a call. A flush that does not
/// complete at once makes it full; when the flush completes, on whatever thread, the lane is told. The request may return only when the
/// lane has let go and <see cref="CompleteAsync"/> has. Allocates nothing in writing and flushing.
/// </summary>
internal abstract class ResponseOutlet : Outlet
{
    private const int Idle = 0;
    private const int Flushing = 1;
    private const int FlushingAwaited = 2;

    private readonly Action _abort;
    private readonly Action _onFlushed;
    private readonly TaskCompletionSource _idle = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private ConfiguredValueTaskAwaitable<FlushResult>.ConfiguredValueTaskAwaiter _flush;
    private int _state;

    /// <summary>Makes an outlet for a response that has not begun.</summary>
    /// <param name="writer">The response's writer, handed over to the lane.</param>
    /// <param name="abort">Cuts the connection, or the stream in it. May be called from any thread.</param>
    protected ResponseOutlet(PipeWriter writer, Action abort)
    {
        Writer = writer;
        _abort = abort;
        _onFlushed = OnFlushed;
    }

    protected PipeWriter Writer { get; }

    /// <inheritdoc />
    public sealed override WriteResult Write(ReadOnlySpan<Frame> frames)
    {
        try
        {
            PutFrames(frames);
            return Flush();
        }
        catch (Exception)
        {
            return Failed;
        }
    }

    /// <inheritdoc />
    public sealed override OutletState WriteKeepAlive(EventId? cursor) => Send(static (o, cursor) => o.PutKeepAlive(cursor), cursor);

    /// <inheritdoc />
    public sealed override OutletState WriteGap(Gap gap) => Send(static (o, gap) => o.PutGap(gap), gap);

    /// <inheritdoc />
    public sealed override OutletState WriteLive(EventId cursor) => Send(static (o, cursor) => o.PutLive(cursor), cursor);

    /// <inheritdoc />
    public sealed override void End(int? retryMilliseconds) => Send(static (o, retry) => o.PutEnd(retry), retryMilliseconds);

    /// <inheritdoc />
    public sealed override void Abort() => _abort();

    /// <summary>
    /// Waits for the last flush. Called once, after the lane has let go. A peer that does not take the rest in time is cut off: nobody
    /// else watches over it any more.
    /// </summary>
    public async Task CompleteAsync(TimeSpan patience, TimeProvider time)
    {
        if (Interlocked.CompareExchange(ref _state, FlushingAwaited, Flushing) == Idle) return;
        try
        {
            await _idle.Task.WaitAsync(patience, time);
        }
        catch (TimeoutException)
        {
            _abort();
            await _idle.Task;
        }
    }

    /// <inheritdoc />
    protected sealed override OutletState OnAttached() => Send(static (o, _) => o.PutFirst(), 0);

    /// <summary>Writes the first bytes: some at once, since a browser's <c>onopen</c> and some proxies wait for them.</summary>
    protected abstract void PutFirst();

    /// <summary>Writes events.</summary>
    protected abstract void PutFrames(ReadOnlySpan<Frame> frames);

    /// <summary>Writes a sign of life, with the reader's new cursor where one is given.</summary>
    protected abstract void PutKeepAlive(EventId? cursor);

    /// <summary>Writes a gap.</summary>
    protected abstract void PutGap(Gap gap);

    /// <summary>Writes that the reader is level with the log.</summary>
    protected abstract void PutLive(EventId cursor);

    /// <summary>Writes the last bytes, with the time to wait before coming back where one is given.</summary>
    protected abstract void PutEnd(int? retryMilliseconds);

    // Whatever the pipe throws (completed, reset, disposed of), it takes nothing more: the peer is as good as gone.
    private static OutletState Failed => OutletState.Closed;

    private OutletState Send<T>(Action<ResponseOutlet, T> put, T value)
    {
        try
        {
            put(this, value);
            return Flush();
        }
        catch (Exception)
        {
            return Failed;
        }
    }

#pragma warning disable VSTHRD002 // Nobody waits: results are taken of flushes that have completed.
    private OutletState Flush()
    {
        var flush = Writer.FlushAsync(CancellationToken.None).ConfigureAwait(false).GetAwaiter();
        if (flush.IsCompleted) return StateOf(flush.GetResult());

        _flush = flush;
        Volatile.Write(ref _state, Flushing);
        _flush.UnsafeOnCompleted(_onFlushed);
        return OutletState.Full;
    }

    private static OutletState StateOf(FlushResult result) => result.IsCompleted || result.IsCanceled ? OutletState.Closed : OutletState.Ready;

    // After the state is idle again, the lane or the request may go on at once: nothing of the outlet is touched but its signal.
    private void OnFlushed()
    {
        OutletState state;
        try
        {
            state = StateOf(_flush.GetResult());
        }
        catch (Exception)
        {
            state = Failed;
        }

        _flush = default;
        if (Interlocked.Exchange(ref _state, Idle) == FlushingAwaited) _idle.SetResult();
        if (state is OutletState.Ready) Signal.Writable();
        else Signal.Closed();
    }
#pragma warning restore VSTHRD002
}
