namespace Siar.Client;

/// <summary>
/// What the application and the reader share: the place from which the stream goes on, and the wish to stop or to connect anew. The wishes may come from
/// any thread; the place belongs to whoever reads.
/// </summary>
internal sealed class StreamControl(EventStreamOptions options)
{
    private readonly Lock _lock = new();
    private readonly CancellationTokenSource _close = new();
    private readonly bool _movesWhenHandled = options.CursorMoves is CursorMoves.WhenHandled;
    private CancellationTokenSource? _stop;
    private CancellationToken _one;
    private CancellationToken _other;
    private StreamStep? _step;
    private IdBytes _handled = IdBytes.Of(options.LastEventId);
    private IdBytes _handedOver = IdBytes.Of(options.LastEventId);

    /// <summary>From where the stream goes on.</summary>
    public IdBytes Cursor => _movesWhenHandled ? _handled : _handedOver;

    /// <summary>Whether the application has closed the stream.</summary>
    public bool IsClosed => _close.IsCancellationRequested;

    /// <summary>Whether nothing more is to be handed over.</summary>
    public bool IsStopped => _stop is null or { IsCancellationRequested: true };

    /// <summary>A reader begins. There is one at a time.</summary>
    public void Begin(CancellationToken one, CancellationToken other)
    {
        lock (_lock)
        {
            ObjectDisposedException.ThrowIf(IsClosed, typeof(EventStream));
            if (_stop is not null) throw new InvalidOperationException("The stream is being read already: it has one reader at a time.");
            (_one, _other) = (one, other);
            _stop = CancellationTokenSource.CreateLinkedTokenSource(_close.Token, one, other);
            _step = new StreamStep(_stop.Token, options.TimeProvider);
            // One who stops early has not handled what was handed over last.
            _handedOver = Cursor;
        }
    }

    /// <summary>The reader has ended.</summary>
    public void End()
    {
        lock (_lock)
        {
            _step?.Dispose();
            _stop?.Dispose();
            _step = null;
            _stop = null;
        }
    }

    public void HandOver(in IdBytes cursor, bool isItem)
    {
        // Many events have the id of the one before: a comparison costs less than to copy a reference.
        if (!_handedOver.Is(cursor)) _handedOver = cursor;
        // Without an item there is nothing that could yet be handled.
        if (!isItem) _handled = cursor;
    }

    public void Handled()
    {
        if (_movesWhenHandled && !_handled.Is(_handedOver)) _handled = _handedOver;
    }

    /// <summary>What ends the next wait or read early.</summary>
    public StreamStep Step()
    {
        lock (_lock) return _step!;
    }

    /// <summary>Replaces a step that has fired and been heeded.</summary>
    public void Renew()
    {
        lock (_lock)
        {
            _step?.Dispose();
            _step = new StreamStep(_stop!.Token, options.TimeProvider);
        }
    }

    public void Restart()
    {
        StreamStep? step;
        lock (_lock) step = _step;
        // What it ends goes on within the call: not under the lock.
        step?.Restart();
    }

    public void Close() => _close.Cancel();

    /// <summary>Throws where it was the application's token, and not its closing of the stream, that has ended the reading.</summary>
    public void ThrowIfCancelled()
    {
        _one.ThrowIfCancellationRequested();
        _other.ThrowIfCancellationRequested();
    }
}
