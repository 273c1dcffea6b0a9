using System.Net;
using System.Net.Sockets;
using System.Runtime.InteropServices;
using Microsoft.AspNetCore.Connections;
using Siar.Sockets.Native;

namespace Siar.Sockets;

/// <summary>Takes the connections that come to one address.</summary>
internal sealed class SocketListener : IConnectionListener, IPollTarget
{
    // How long to wait when there are no descriptors left, or no memory, before the next try.
    private static readonly TimeSpan Shortage = TimeSpan.FromMilliseconds(100);

    private readonly SocketTransport _transport;
    private readonly Socket _socket;
    private readonly SafeHandle _handle;
    private readonly Poller _poller;
    private readonly AutoResetSignal _acceptable = new(runAsynchronously: true);
    private readonly bool _isWildcard;
    private readonly int _slot;
    private int _isUnbound;

    public SocketListener(SocketTransport transport, Socket socket, Poller poller)
    {
        _transport = transport;
        _socket = socket;
        _poller = poller;
        EndPoint = socket.LocalEndPoint!;
        _isWildcard = EndPoint is IPEndPoint { Address: var address } && (address.Equals(IPAddress.Any) || address.Equals(IPAddress.IPv6Any));
        _handle = socket.SafeHandle;
        _slot = poller.Add(_handle, PollEvents.Readable, this);
    }

    public EndPoint EndPoint { get; }

    /// <inheritdoc />
    public void OnEvents(PollEvents events) => _acceptable.Set();

    public async ValueTask<ConnectionContext?> AcceptAsync(CancellationToken cancellationToken = default)
    {
        await using var registration = cancellationToken.UnsafeRegister(static s => ((SocketListener)s!)._acceptable.Set(), this);
        while (Volatile.Read(ref _isUnbound) == 0)
        {
            cancellationToken.ThrowIfCancellationRequested();
            var error = Accept(out var connection);
            if (connection is not null) return connection;
            if (error == Errno.TryAgain) await _acceptable.WaitAsync();
            else if (!IsOfOneConnection(error)) await WaitOutAsync(error, cancellationToken);
        }

        return null;
    }

    public ValueTask UnbindAsync(CancellationToken cancellationToken = default)
    {
        if (Interlocked.Exchange(ref _isUnbound, 1) == 1) return ValueTask.CompletedTask;
        _poller.Remove(_slot, _handle);
        _socket.Dispose();
        _acceptable.Set();
        return ValueTask.CompletedTask;
    }

    public ValueTask DisposeAsync() => UnbindAsync();

    /// <summary>Takes one connection, if one waits.</summary>
    private int Accept(out SocketConnection? connection)
    {
        connection = null;
        DescriptorHandle? accepted = null;
        try
        {
            var error = SocketCalls.Accept(_handle, out accepted, out var peer);
            if (accepted is null) return -error;
            accepted.Place = _transport.Gate.TryEnter(peer?.Address, accepted.DangerousGetHandle());
            if (accepted.Place is null)
            {
                SocketCalls.ResetOnClose(accepted);
                accepted.Dispose();
                return 0;
            }

            EndPoint? local = _isWildcard ? SocketCalls.LocalEndPoint(accepted) : EndPoint;
            connection = SocketConnection.Start(_transport, _transport.NextPoller(), accepted, local, peer);
            return 0;
        }
        catch (ObjectDisposedException)
        {
            // Unbound, or stopped, meanwhile.
            accepted?.Dispose();
            return 0;
        }
        catch (IOException failure)
        {
            // The kernel has no room to watch one more.
            accepted?.Dispose();
            _transport.Log(failure);
            return Errno.NoMemory;
        }
    }

    // What accept(2) tells of a connection that came and went; all else, such as having no descriptors left, may go on for a while.
    private static bool IsOfOneConnection(int error) => error is 0 or Errno.ConnectionAborted or Errno.Protocol or Errno.NotPermitted;

    private async Task WaitOutAsync(int error, CancellationToken cancellationToken)
    {
        _transport.LogShortage(error, EndPoint);
        await Task.Delay(Shortage, _transport.Time, cancellationToken);
    }
}
