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
/// <param name="form">How the reader is spoken to.</param>
internal sealed class SocketOutlet(SocketConnection connection, SseForm form) : HandOverOutlet, IPollTarget
{
    // Less is copied; of a longer rest the whole block is held on to.
    private const int LongestCopy = 4_096;

    private SocketConnection? _connection = connection;
    private DescriptorHandle? _socket;
    private Poller? _poller;
    private int _slot;
    private ReadOnlyMemory<byte> _rest;
    private int _untaken;
    private int _isWaiting;

    // What came of a send that was made together with others', for the write that follows it.
    private int _begun = SendRing.NotSent;
    private GzipSum _sum;

    public override bool TakesSignals => form.TakesSignals;

    public override bool TakesGaps => form.TakesGaps;

    public override int Untaken => _untaken;

    private int GzipFrom => form.GzipFrom;

    private DescriptorHandle Socket => _socket ?? throw new UnreachableException("The socket was not taken over, or was let go of.");

    public override void WriteFirst(IBufferWriter<byte> writer)
    {
        if (!form.IsGzip)
        {
            SseBlocks.WriteFirst(writer, form);
            return;
        }

        writer.Write(GzipBlocks.Header);
        var buffer = StoredBlock.Begin();
        SseBlocks.WriteFirst(buffer, form);
        StoredBlock.End(buffer, writer, ref _sum);
    }

    public override bool TryTakeOver(TimeSpan patience)
    {
        var server = _connection ?? throw new UnreachableException("An outlet takes over once.");
        _connection = null;
        if (!server.TryRelease(out var socket, out var poller, out var slot)) return false;
        (_socket, _poller, _slot) = (socket, poller, slot);
        SocketCalls.GiveUpAfter(socket, patience);
        return true;
    }

    public override void WriteTogether(ReadOnlySpan<Outlet> outlets, ReadOnlySpan<Frame> frames)
    {
        if (_poller!.Rings.Rent() is not { } ring) return;
        try
        {
            SendTogether(ring, outlets, frames, form.GzipFrom);
        }
        finally
        {
            _poller.Rings.Return(ring);
        }
    }

    public override OutletState Write(ReadOnlySpan<Frame> frames)
    {
        _untaken = 0;
        while (!frames.IsEmpty)
        {
            var sent = TakeBegun() ?? GatheredSend.Send(Socket, frames, form.GzipFrom);
            if (sent < 0)
            {
                _untaken = frames.Length;
                return Stopped(-sent);
            }

            var taken = 0;
            while (taken < frames.Length && sent >= LengthOf(frames[taken])) sent -= LengthOf(frames[taken++]);
            if (form.IsGzip) Sum(frames[..(sent > 0 ? taken + 1 : taken)]);
            frames = frames[taken..];
            if (sent == 0) continue;

            Keep(form.IsGzip ? frames[0].Gzip(form.GzipFrom).Chunk.AsMemory(sent) : frames[0].Chunk[sent..]);
            _untaken = frames.Length - 1;
            return WaitForRoom();
        }

        return OutletState.Ready;
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

    public override OutletState WriteKeepAlive(EventId? cursor)
    {
        var buffer = ChunkBuffer.Begin();
        SseBlocks.WriteKeepAlive(buffer, cursor);
        return Send(buffer);
    }

    public override OutletState WriteGap(Gap gap)
    {
        var buffer = ChunkBuffer.Begin();
        SseBlocks.WriteGap(buffer, gap);
        return Send(buffer);
    }

    public override OutletState WriteLive(EventId cursor)
    {
        var buffer = ChunkBuffer.Begin();
        SseBlocks.WriteLive(buffer, cursor);
        return Send(buffer);
    }

    public override void End(int? retryMilliseconds)
    {
        var buffer = ChunkBuffer.Begin();
        SseBlocks.WriteEnd(buffer, retryMilliseconds);
        var bytes = form.IsGzip ? buffer.EndStream(ref _sum) : buffer.EndStream();
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

    // Those that are not among them, such as readers of the other coding, are sent to by themselves.
    private static void SendTogether(SendRing ring, ReadOnlySpan<Outlet> outlets, ReadOnlySpan<Frame> frames, int gzipFrom)
    {
        foreach (var outlet in outlets)
        {
            if (IsAmong(outlet, gzipFrom) is { } other && !ring.TryAdd(other.Socket)) break;
        }

        var results = GatheredSend.SendToAll(ring, frames, gzipFrom);
        var next = 0;
        for (var i = 0; next < results.Length; i++)
        {
            if (IsAmong(outlets[i], gzipFrom) is { } other) other._begun = results[next++];
        }
    }

    private static SocketOutlet? IsAmong(Outlet outlet, int gzipFrom) => outlet is SocketOutlet other && other.GzipFrom == gzipFrom ? other : null;

    private int? TakeBegun()
    {
        if (_begun == SendRing.NotSent) return null;
        var begun = _begun;
        _begun = SendRing.NotSent;
        return begun;
    }

    private int LengthOf(in Frame frame) => form.IsGzip ? frame.Gzip(form.GzipFrom).Chunk.Length : frame.ChunkLength;

    private void Sum(ReadOnlySpan<Frame> taken)
    {
        foreach (ref readonly var frame in taken) _sum.Add(frame.Gzip(form.GzipFrom).Part);
    }

    private OutletState Send(ChunkBuffer buffer)
    {
        var chunk = form.IsGzip ? buffer.EndChunk(ref _sum) : buffer.EndChunk();
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
