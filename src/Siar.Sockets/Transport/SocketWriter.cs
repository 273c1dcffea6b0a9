using System.Buffers;
using System.IO.Pipelines;
using Siar.Sockets.Native;

namespace Siar.Sockets;

/// <summary>
/// Writes a connection's responses straight to its socket: when a flush has completed, the bytes are in the kernel, in order, before any
/// that a later owner of the socket sends. One writer at a time, as with every pipe; the socket may be taken away at any time.
/// </summary>
/// <param name="socket">The socket, lent.</param>
/// <param name="waitForRoom">Has the poller call <see cref="OnWritable"/> when the socket can take more.</param>
internal sealed class SocketWriter(DescriptorHandle socket, Action waitForRoom) : PipeWriter
{
    private const int SmallestBuffer = 4_096;

    private readonly AutoResetSignal _writable = new(runAsynchronously: true);

    // Guards the socket: once it is taken away, no byte of a late flush enters it.
    private readonly Lock _gate = new();
    private DescriptorHandle? _socket = socket;
    private byte[] _buffer = [];
    private int _sent;
    private int _written;
    private int _cancelled;
    private bool _isPeerGone;

    public override bool CanGetUnflushedBytes => true;

    public override long UnflushedBytes => _written - _sent;

    public override Memory<byte> GetMemory(int sizeHint = 0)
    {
        MakeRoom(sizeHint);
        return _buffer.AsMemory(_written);
    }

    public override Span<byte> GetSpan(int sizeHint = 0)
    {
        MakeRoom(sizeHint);
        return _buffer.AsSpan(_written);
    }

    public override void Advance(int bytes)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(bytes);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(bytes, _buffer.Length - _written);
        _written += bytes;
    }

    public override ValueTask<FlushResult> FlushAsync(CancellationToken cancellationToken = default)
    {
        cancellationToken.ThrowIfCancellationRequested();
        return Send() is { } result ? new ValueTask<FlushResult>(result) : FlushWhenWritableAsync(cancellationToken);
    }

    public override void CancelPendingFlush()
    {
        Interlocked.Exchange(ref _cancelled, 1);
        _writable.Set();
    }

    /// <summary>What was written and not flushed is sent as far as the socket takes it at once.</summary>
    public override void Complete(Exception? exception = null)
    {
        if (exception is null) Send();
        lock (_gate) Empty();
    }

    public override async ValueTask CompleteAsync(Exception? exception = null)
    {
        if (exception is null && UnflushedBytes > 0) await FlushAsync();
        Complete(exception);
    }

    /// <summary>The socket can take more, or never will.</summary>
    public void OnWritable() => _writable.Set();

    /// <summary>
    /// Takes the socket away for somebody else: whatever is written from now on goes nowhere. False where something that was written has not
    /// been sent, or the peer is gone.
    /// </summary>
    public bool TryLetGo()
    {
        lock (_gate)
        {
            if (_socket is null || _isPeerGone || _written > _sent) return false;
            _socket = null;
            return true;
        }
    }

    /// <summary>Sends nothing more; a flush that waits ends.</summary>
    public void Close()
    {
        lock (_gate)
        {
            _isPeerGone = true;
            _socket = null;
        }

        _writable.Set();
    }

    private async ValueTask<FlushResult> FlushWhenWritableAsync(CancellationToken cancellationToken)
    {
        await using var registration = cancellationToken.UnsafeRegister(static s => ((SocketWriter)s!)._writable.Set(), this);
        while (true)
        {
            await _writable.WaitAsync();
            cancellationToken.ThrowIfCancellationRequested();
            if (Interlocked.Exchange(ref _cancelled, 0) == 1) return new FlushResult(isCanceled: true, isCompleted: false);
            if (Send() is { } result) return result;
        }
    }

    /// <summary>Sends as much as there is. Null where the socket must be waited for.</summary>
    private FlushResult? Send()
    {
        lock (_gate)
        {
            while (_socket is not null && _sent < _written)
            {
                var count = SendSome(_socket);
                if (count >= 0)
                {
                    _sent += count;
                    continue;
                }

                if (-count == Errno.TryAgain)
                {
                    waitForRoom();
                    return null;
                }

                _isPeerGone = true;
                _socket = null;
            }

            Empty();
            return new FlushResult(isCanceled: false, isCompleted: _isPeerGone);
        }
    }

    private int SendSome(DescriptorHandle socket)
    {
        try
        {
            return SocketCalls.Send(socket, _buffer.AsSpan(_sent, _written - _sent));
        }
        catch (ObjectDisposedException)
        {
            return -Errno.BadDescriptor;
        }
    }

    private void Empty()
    {
        if (_buffer.Length > 0) ArrayPool<byte>.Shared.Return(_buffer);
        _buffer = [];
        _sent = 0;
        _written = 0;
    }

    private void MakeRoom(int sizeHint)
    {
        var wanted = Math.Max(sizeHint, 1);
        if (_buffer.Length - _written >= wanted) return;

        var larger = ArrayPool<byte>.Shared.Rent(Math.Max(SmallestBuffer, Math.Max(_written + wanted, _buffer.Length * 2)));
        _buffer.AsSpan(_sent, _written - _sent).CopyTo(larger);
        if (_buffer.Length > 0) ArrayPool<byte>.Shared.Return(_buffer);
        _buffer = larger;
        _written -= _sent;
        _sent = 0;
    }
}
