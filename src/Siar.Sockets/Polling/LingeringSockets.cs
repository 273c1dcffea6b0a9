using Siar.Sockets.Native;

namespace Siar.Sockets;

/// <summary>
/// Closes connections in stages (RFC 9112, 9.6): a server that closes with bytes of its peer unread resets the connection, and the peer may lose the
/// end of the response. So the write side is closed first, then the peer has a moment to close its own. Safe for concurrent use.
/// </summary>
internal sealed class LingeringSockets : IDisposable
{
    /// <summary>How long a peer may take for the rest, and for its own close.</summary>
    public static readonly TimeSpan Patience = TimeSpan.FromSeconds(2);

    private readonly TimeProvider _time;
    private readonly ITimer _timer;
    private readonly Queue<(long Since, LingeringSocket Socket)> _queue = new();
    private bool _isTimerOn;
    private bool _isDisposed;

    public LingeringSockets(TimeProvider time)
    {
        _time = time;
        _timer = time.CreateTimer(_ => CloseOverdue(), null, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
    }

    /// <summary>Ends a connection, whose handle and slot it takes over.</summary>
    /// <param name="poller">Whose slot it is.</param>
    /// <param name="slot">The slot.</param>
    /// <param name="socket">The handle.</param>
    /// <param name="rest">What must still be sent.</param>
    public void Begin(Poller poller, int slot, DescriptorHandle socket, ReadOnlyMemory<byte> rest)
    {
        var lingering = new LingeringSocket(poller, slot, socket, rest);
        if (lingering.Advance() || !lingering.Watch()) return;

        lock (_queue)
        {
            if (!_isDisposed)
            {
                _queue.Enqueue((_time.GetTimestamp(), lingering));
                if (_isTimerOn) return;
                _isTimerOn = true;
                _timer.Change(Patience / 4, Patience / 4);
                return;
            }
        }

        lingering.Close();
    }

    public void Dispose()
    {
        _timer.Dispose();
        lock (_queue)
        {
            _isDisposed = true;
            while (_queue.TryDequeue(out var item)) item.Socket.Close();
        }
    }

    private void CloseOverdue()
    {
        lock (_queue)
        {
            while (_queue.TryPeek(out var item) && (item.Socket.IsClosed || _time.GetElapsedTime(item.Since) >= Patience))
            {
                _queue.Dequeue();
                item.Socket.Close();
            }

            if (_queue.Count > 0 || _isDisposed) return;
            _isTimerOn = false;
            _timer.Change(Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
        }
    }
}
