using System.Buffers;
using System.Diagnostics;
using Siar.Hub;
using Siar.Sockets.Native;
using Siar.Wire;

namespace Siar.Sockets;

/// <summary>
/// A subscriber on a bare socket: the descriptor, what is left of a frame that the socket did not take whole, and nothing else. Its lane alone
/// sends and closes; the poller only tells the lane. All of a write leaves in one system call, from the memory that every reader shares; where the
/// kernel allows it, that call is one for many readers.
/// </summary>
/// <param name="connection">The connection that will be taken over.</param>
/// <param name="format">How the stream is written.</param>
internal sealed class SocketOutlet(SocketConnection connection, OutletFormat format) : TakeoverOutlet, IPollTarget
{
    // Less is copied; of a longer rest the whole block is held on to.
    private const int LongestCopy = 4_096;

    private SocketConnection? _connection = connection;
    private DescriptorHandle? _socket;
    private Poller? _poller;
    private int _slot;
    private ReadOnlyMemory<byte> _rest;
    private int _isWaiting;
    private GzipSum _sum;

    public override StreamForm Form => format.Form;

    public override bool TakesSignals => format.TakesSignals;

    public override bool TakesGaps => format.TakesGaps;

    public override bool WritesInPlace => true;

    private DescriptorHandle Socket => _socket ?? throw new UnreachableException("The socket was not taken over, or was let go of.");

    public override void WriteFirst(IBufferWriter<byte> writer) => Form.Write(StreamBlock.First, format, writer, ref _sum);

    public override bool TryTakeOver(TimeSpan patience)
    {
        var server = _connection ?? throw new UnreachableException("An outlet takes over once.");
        _connection = null;
        if (!server.TryRelease(out var socket, out var poller, out var slot)) return false;
        (_socket, _poller, _slot) = (socket, poller, slot);
        SocketCalls.GiveUpAfter(socket, patience);
        return true;
    }

    public override WriteResult Write(ReadOnlySpan<Frame> frames) => Continue(frames, GatheredSend.Send(Socket, frames, Form));

    // Those that are not bare sockets, and those that the ring has no room for, are sent to by themselves.
    public override void WriteMany(ReadOnlySpan<Outlet> outlets, ReadOnlySpan<Frame> frames, Span<WriteResult> results)
    {
        if (_poller!.Rings.Rent() is not { } ring)
        {
            base.WriteMany(outlets, frames, results);
            return;
        }

        try
        {
            SendMany(ring, outlets, frames, results);
        }
        finally
        {
            _poller.Rings.Return(ring);
        }
    }

    public override OutletState Resume()
    {
        while (!_rest.IsEmpty)
        {
            var sent = SocketCalls.Send(Socket, _rest.Span);
            if (sent < 0) return Stopped(-sent);
            _rest = _rest[sent..];
        }

        _rest = default;
        // A Unix socket would tell of room after each read of its peer.
        return Watch(PollEvents.PeerClosed) ? OutletState.Ready : OutletState.Closed;
    }

    public override OutletState WriteKeepAlive(EventId? cursor) => Send(StreamBlock.KeepAlive(cursor));

    public override OutletState WriteGap(Gap gap) => Send(StreamBlock.OfGap(gap));

    public override OutletState WriteLive(EventId cursor) => Send(StreamBlock.Live(cursor));

    public override OutletState WriteRevoked(RevokedSignal signal) => Send(StreamBlock.Revoked(signal));

    public override void End(int? retryMilliseconds)
    {
        var buffer = ChunkBuffer.Begin();
        Form.Write(StreamBlock.End(retryMilliseconds), format, buffer, ref _sum);
        var bytes = buffer.EndStream();
        var sent = Math.Max(0, SocketCalls.Send(Socket, bytes));
        _poller!.Lingering.Begin(_poller, _slot, Socket, sent == bytes.Length ? default : bytes[sent..].ToArray());
        _socket = null;
    }

    public override void Abort()
    {
        if (_socket is not { } socket) return;
        _socket = null;
        _rest = default;
        _poller!.Remove(_slot, socket);
        // One that is full would hold the kernel's memory until its peer has read it all.
        if (Volatile.Read(ref _isWaiting) == 1) SocketCalls.ResetOnClose(socket);
        socket.Dispose();
    }

    /// <inheritdoc />
    public void OnEvents(PollEvents events)
    {
        if ((events & PollEvents.AnyEnd) != PollEvents.None) Signal.Closed();
        else if ((events & PollEvents.Writable) != PollEvents.None && Interlocked.Exchange(ref _isWaiting, 0) == 1) Signal.Writable();
    }

    // The head of the response was sent with the first bytes. From now on it is this outlet that is told when the peer goes, also if it has gone.
    protected override OutletState OnAttached() => Watch(PollEvents.PeerClosed) ? OutletState.Ready : OutletState.Closed;

    private void SendMany(SendRing ring, ReadOnlySpan<Outlet> outlets, ReadOnlySpan<Frame> frames, Span<WriteResult> results)
    {
        foreach (var outlet in outlets)
        {
            if (IsAlike(outlet) is { } other && !ring.TryAdd(other.Socket)) break;
        }

        var sent = GatheredSend.SendToAll(ring, frames, Form);
        var next = 0;
        for (var i = 0; i < outlets.Length; i++)
        {
            var inRing = next < sent.Length ? IsAlike(outlets[i]) : null;
            var ofIt = inRing is null ? SendRing.NotSent : sent[next++];
            try
            {
                results[i] = ofIt == SendRing.NotSent ? outlets[i].Write(frames) : inRing!.Continue(frames, ofIt);
            }
            catch (Exception failure)
            {
                results[i] = WriteResult.Failed(failure);
            }
        }
    }

    private SocketOutlet? IsAlike(Outlet outlet) => outlet is SocketOutlet other && ReferenceEquals(other.Form, Form) ? other : null;

    // After a send that has taken so many bytes, or has failed: notes what is done, and sends the rest until there is no room.
    private WriteResult Continue(ReadOnlySpan<Frame> frames, int sent)
    {
        while (sent >= 0)
        {
            var taken = 0;
            while (taken < frames.Length && sent >= LengthOf(frames[taken])) sent -= LengthOf(frames[taken++]);
            foreach (ref readonly var frame in frames[..(sent > 0 ? taken + 1 : taken)]) Form.Add(frame, ref _sum);
            frames = frames[taken..];
            if (frames.IsEmpty) return OutletState.Ready;
            if (sent > 0)
            {
                Keep(frames[0].In(Form).Chunk[sent..]);
                return WriteResult.Left(frames.Length - 1, WaitForRoom());
            }

            sent = GatheredSend.Send(Socket, frames, Form);
        }

        return WriteResult.Left(frames.Length, Stopped(-sent));
    }

    private int LengthOf(in Frame frame) => frame.In(Form).Length;

    private OutletState Send(in StreamBlock block)
    {
        var buffer = ChunkBuffer.Begin();
        Form.Write(block, format, buffer, ref _sum);
        var chunk = buffer.EndChunk();
        while (!chunk.IsEmpty)
        {
            var sent = SocketCalls.Send(Socket, chunk);
            if (sent < 0)
            {
                _rest = chunk.ToArray();
                return Stopped(-sent);
            }

            chunk = chunk[sent..];
        }

        return OutletState.Ready;
    }

    private OutletState Stopped(int error) => error == Errno.TryAgain ? WaitForRoom() : OutletState.Closed;

    private OutletState WaitForRoom()
    {
        Volatile.Write(ref _isWaiting, 1);
        return Watch(PollEvents.PeerClosed | PollEvents.Writable) ? OutletState.Full : OutletState.Closed;
    }

    private bool Watch(PollEvents events) => _poller!.TryChange(_slot, Socket, events, this);

    private void Keep(ReadOnlyMemory<byte> rest) => _rest = rest.Length <= LongestCopy ? rest.ToArray() : rest;
}
