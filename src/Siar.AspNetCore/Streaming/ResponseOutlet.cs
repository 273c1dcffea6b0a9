using System.Buffers;
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
internal sealed class ResponseOutlet : Outlet
{
    private const int Idle = 0;
    private const int Flushing = 1;
    private const int FlushingAwaited = 2;

    private readonly PipeWriter _writer;
    private readonly OutletFormat _format;
    private readonly Action _abort;
    private readonly Action _onFlushed;
    private readonly TaskCompletionSource _idle = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private ConfiguredValueTaskAwaitable<FlushResult>.ConfiguredValueTaskAwaiter _flush;
    private int _state;
    private GzipSum _sum;

    /// <summary>Makes an outlet for a response that has not begun.</summary>
    /// <param name="writer">The response's writer, handed over to the lane.</param>
    /// <param name="abort">Cuts the connection, or the stream in it. May be called from any thread.</param>
    /// <param name="format">How the stream is written.</param>
    public ResponseOutlet(PipeWriter writer, Action abort, OutletFormat format)
    {
        _writer = writer;
        _format = format;
        _abort = abort;
        _onFlushed = OnFlushed;
    }

    public override StreamForm Form => _format.Form;

    public override bool TakesSignals => _format.TakesSignals;

    public override bool TakesGaps => _format.TakesGaps;

    /// <inheritdoc />
    public override WriteResult Write(ReadOnlySpan<Frame> frames)
    {
        try
        {
            foreach (ref readonly var frame in frames)
            {
                _writer.Write(frame.In(Form).Payload);
                Form.Add(frame, ref _sum);
            }

            return Flush();
        }
        catch (Exception)
        {
            return Failed;
        }
    }

    /// <inheritdoc />
    public override OutletState WriteKeepAlive(EventId? cursor) => Send(StreamBlock.KeepAlive(cursor));

    /// <inheritdoc />
    public override OutletState WriteGap(Gap gap) => Send(StreamBlock.OfGap(gap));

    /// <inheritdoc />
    public override OutletState WriteLive(EventId cursor) => Send(StreamBlock.Live(cursor));

    /// <inheritdoc />
    public override OutletState WriteRevoked(RevokedSignal signal) => Send(StreamBlock.Revoked(signal));

    /// <inheritdoc />
    public override void End(int? retryMilliseconds) => Send(StreamBlock.End(retryMilliseconds));

    /// <inheritdoc />
    public override void Abort() => _abort();

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
    protected override OutletState OnAttached() => Send(StreamBlock.First);

    // Whatever the pipe throws (completed, reset, disposed of), it takes nothing more: the peer is as good as gone.
    private static OutletState Failed => OutletState.Closed;

    private OutletState Send(in StreamBlock block)
    {
        try
        {
            Form.Write(block, _format, _writer, ref _sum);
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
        var flush = _writer.FlushAsync(CancellationToken.None).ConfigureAwait(false).GetAwaiter();
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
