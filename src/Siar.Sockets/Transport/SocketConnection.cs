using System.Buffers;
using System.IO.Pipelines;
using System.Net;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Connections.Features;
using Microsoft.AspNetCore.Http.Features;
using Siar.Hub;
using Siar.Sockets.Native;

namespace Siar.Sockets;

/// <summary>
/// A connection while the server has it. Its socket is owned here until it is handed over or closed, whichever comes first, once.
/// </summary>
internal sealed class SocketConnection : ConnectionContext, IPollTarget, IConnectionTakeover,
    IConnectionIdFeature, IConnectionTransportFeature, IConnectionItemsFeature, IMemoryPoolFeature, IConnectionLifetimeFeature, IConnectionEndPointFeature
{
    private const int SmallestRead = 256;

    // So many receives in a row, and a peer that goes on sending is read on the pool: the poller has others.
    private const int MostInARow = 8;

    private static long _lastId;

    private readonly SocketTransport _transport;
    private readonly Poller _poller;
    private readonly DescriptorHandle _socket;
    private readonly Pipe _input;
    private readonly SocketWriter _output;
    private readonly DuplexPipe _own;
    private readonly AutoResetSignal _readable = new(runAsynchronously: false);
    // Never disposed of: it has no timer, and whoever ends the connection may cancel it at any time, also late.
    private readonly CancellationTokenSource _closed = new();
    private LinkedListNode<SilentConnections.Silent>? _silence;
    private int _slot;
    private int _isOwner = 1;
    private volatile bool _isReading = true;
    private volatile bool _isEnding;
    private volatile Exception? _aborted;

    private SocketConnection(SocketTransport transport, Poller poller, DescriptorHandle socket, EndPoint? local, EndPoint? remote)
    {
        _transport = transport;
        _poller = poller;
        _socket = socket;
        _input = new Pipe(transport.InputOptions);
        _output = new SocketWriter(socket, WaitForRoom);
        _own = new DuplexPipe(_input.Reader, _output);
        Transport = _own;
        ConnectionId = string.Create(13, Interlocked.Increment(ref _lastId), static (text, id) =>
        {
            text[0] = 'S';
            id.TryFormat(text[1..], out _, "x12");
        });
        LocalEndPoint = local;
        RemoteEndPoint = remote;
        ConnectionClosed = _closed.Token;
        Features = new FeatureCollection(8);
        Features.Set<IConnectionIdFeature>(this);
        Features.Set<IConnectionTransportFeature>(this);
        Features.Set<IConnectionItemsFeature>(this);
        Features.Set<IMemoryPoolFeature>(this);
        Features.Set<IConnectionLifetimeFeature>(this);
        Features.Set<IConnectionEndPointFeature>(this);
        Features.Set<IConnectionTakeover>(this);
    }

    public override string ConnectionId { get; set; }

    public override IFeatureCollection Features { get; }

    public override IDuplexPipe Transport { get; set; }

    public override IDictionary<object, object?> Items { get => field ??= new ConnectionItems(); set; }

    public MemoryPool<byte> MemoryPool => _transport.MemoryPool;

    /// <inheritdoc />
    public bool IsPossible => ReferenceEquals(Transport, _own) && _aborted is null;

    /// <summary>Begins to serve a socket, which the connection owns from now on.</summary>
    public static SocketConnection Start(SocketTransport transport, Poller poller, DescriptorHandle socket, EndPoint? local, EndPoint? remote)
    {
        var connection = new SocketConnection(transport, poller, socket, local, remote);
        connection._slot = poller.Add(socket, PollEvents.Readable | PollEvents.PeerClosed, connection);
        connection._silence = transport.Gate.Silent.Begin(connection);
        _ = connection.ReadAsync();
        return connection;
    }

    /// <inheritdoc />
    public TakeoverOutlet CreateOutlet(OutletFormat format) => new SocketOutlet(this, format);

    /// <summary>Gives the socket away: nothing that the server does from now on concerns it. False where it has ended or was given away.</summary>
    public bool TryRelease(out DescriptorHandle socket, out Poller poller, out int slot)
    {
        (socket, poller, slot) = (_socket, _poller, _slot);
        if (_aborted is not null || !_isReading || !_output.TryLetGo() || Interlocked.Exchange(ref _isOwner, 0) == 0) return false;
        StopReading();
        _transport.CountTakeover();
        return true;
    }

    /// <inheritdoc />
    public void OnEvents(PollEvents events)
    {
        if ((events & PollEvents.AnyEnd) != PollEvents.None) _isEnding = true;
        if ((events & (PollEvents.Readable | PollEvents.AnyEnd)) != PollEvents.None) _readable.Set();
        if ((events & (PollEvents.Writable | PollEvents.AnyEnd)) != PollEvents.None) _output.OnWritable();
    }

    public override void Abort() => Abort(new ConnectionAbortedException("The server has cut the connection."));

    public override void Abort(ConnectionAbortedException abortReason)
    {
        if (Interlocked.CompareExchange(ref _aborted, abortReason, null) is not null || Volatile.Read(ref _isOwner) == 0) return;
        _output.Close();
        try
        {
            // The poller sees the end, and reading ends with it.
            SocketCalls.ShutdownBoth(_socket);
        }
        catch (ObjectDisposedException)
        {
            // Closed meanwhile.
        }

        StopReading();
    }

    public override ValueTask DisposeAsync()
    {
        EndSilence();
        _output.Close();
        StopReading();
        if (Interlocked.Exchange(ref _isOwner, 0) == 1) CloseSocket();
        return ValueTask.CompletedTask;
    }

    private void EndSilence()
    {
        if (_silence is not { } silence) return;
        _silence = null;
        _transport.Gate.Silent.End(silence);
    }

    private void CloseSocket()
    {
        if (_aborted is null)
        {
            _poller.Lingering.Begin(_poller, _slot, _socket, ReadOnlyMemory<byte>.Empty);
            return;
        }

        _poller.Remove(_slot, _socket);
        SocketCalls.ResetOnClose(_socket);
        _socket.Dispose();
    }

    private void StopReading()
    {
        _isReading = false;
        _readable.Set();
    }

    private async Task ReadAsync()
    {
        Exception? failure = null;
        try
        {
            do
            {
                await _readable.WaitAsync();
            }
            while (_isReading && await ReceiveAllAsync());
        }
        catch (ObjectDisposedException)
        {
            // The socket was closed meanwhile.
        }
        catch (Exception unforeseen)
        {
            failure = unforeseen;
        }

        var wasHandedOver = Volatile.Read(ref _isOwner) == 0 && _aborted is null;
        _isReading = false;
        await _input.Writer.CompleteAsync(_aborted ?? failure);
        if (!wasHandedOver) ThreadPool.UnsafeQueueUserWorkItem(static c => c._closed.Cancel(), this, preferLocal: false);
    }

    /// <summary>Receives until nothing is there. False at the end of the stream.</summary>
    private async ValueTask<bool> ReceiveAllAsync()
    {
        for (var inARow = 1; ; inARow++)
        {
            if (inARow % MostInARow == 0) await Task.Yield();
            var count = Receive(out var isDrained);
            if (-count == Errno.TryAgain) return true;
            if (count < 0) throw new ConnectionResetException("The peer has reset the connection.");
            if (count == 0) return false;
            EndSilence();
            _input.Writer.Advance(count);
            if ((await _input.Writer.FlushAsync()).IsCompleted || !_isReading) return false;
            if (isDrained) return true;
        }
    }

    /// <summary>Receives once.</summary>
    /// <param name="isDrained">
    /// Whether nothing is left, so that the next edge must be waited for (epoll(7), question 9): less came than there was room for, and the end
    /// of the stream, of which there is no edge of its own, was not told.
    /// </param>
    private int Receive(out bool isDrained)
    {
        var room = _input.Writer.GetSpan(SmallestRead);
        var count = SocketCalls.Receive(_socket, room);
        isDrained = count < room.Length && !_isEnding;
        return count;
    }

    private void WaitForRoom() => _poller.TryChange(_slot, _socket, PollEvents.Readable | PollEvents.PeerClosed | PollEvents.Writable, this);

    private sealed record DuplexPipe(PipeReader Input, PipeWriter Output) : IDuplexPipe;
}
