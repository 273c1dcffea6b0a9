using Siar.Sockets.Native;

namespace Siar.Sockets;

/// <summary>A connection that is ending: sends the rest, closes the write side, and reads away what comes until the peer has closed its own.</summary>
internal sealed class LingeringSocket(Poller poller, int slot, DescriptorHandle socket, ReadOnlyMemory<byte> rest) : IPollTarget
{
    private const int MaxReads = 64;

    private readonly Lock _gate = new();
    private ReadOnlyMemory<byte> _rest = rest;
    private bool _isWriteClosed;
    private bool _isClosed;

    public bool IsClosed
    {
        get
        {
            lock (_gate) return _isClosed;
        }
    }

    /// <inheritdoc />
    public void OnEvents(PollEvents events) => Advance();

    /// <summary>Goes as far as it can.</summary>
    /// <returns>Whether the connection is closed.</returns>
    public bool Advance()
    {
        lock (_gate)
        {
            if (!_isClosed && (!SendRest() || IsPeerDone())) CloseUnderLock();
            return _isClosed;
        }
    }

    /// <summary>Is told by the poller from now on.</summary>
    public bool Watch()
    {
        if (poller.TryChange(slot, socket, PollEvents.Readable | PollEvents.Writable | PollEvents.PeerClosed, this)) return true;
        Close();
        return false;
    }

    public void Close()
    {
        lock (_gate)
        {
            if (!_isClosed) CloseUnderLock();
        }
    }

    private void CloseUnderLock()
    {
        _isClosed = true;
        poller.Remove(slot, socket);
        socket.Dispose();
    }

    private bool SendRest()
    {
        while (!_rest.IsEmpty)
        {
            var sent = SocketCalls.Send(socket, _rest.Span);
            if (sent < 0) return -sent == Errno.TryAgain;
            _rest = _rest[sent..];
        }

        if (_isWriteClosed) return true;
        _isWriteClosed = true;
        SocketCalls.ShutdownWriting(socket);
        return true;
    }

    private bool IsPeerDone()
    {
        Span<byte> nowhere = stackalloc byte[4_096];
        for (var i = 0; i < MaxReads; i++)
        {
            var count = SocketCalls.Receive(socket, nowhere);
            if (count <= 0) return -count != Errno.TryAgain;
        }

        // It goes on sending, which nobody asked it to.
        return true;
    }
}
