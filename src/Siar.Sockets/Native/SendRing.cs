using System.Runtime.InteropServices;

namespace Siar.Sockets.Native;

/// <summary>
/// Sends the same bytes to many sockets with one system call (io_uring(7)): each is a request in a ring that is shared with the kernel, and none
/// waits, so that all have come to something when the call returns. Nothing is under way between two calls. Used by one thread at a time.
/// </summary>
internal sealed unsafe class SendRing : IDisposable
{
    /// <summary>The most sockets that one call sends to.</summary>
    public const int Capacity = 256;

    /// <summary>What came of a socket that nothing was sent to: it is to be sent to by itself.</summary>
    public const int NotSent = int.MinValue;

    private readonly DescriptorHandle _ring;
    private readonly RingMemory _memory;
    private readonly SafeHandle[] _sockets = new SafeHandle[Capacity];
    private readonly int[] _results = new int[Capacity];
    private bool _isBroken;

    private SendRing(DescriptorHandle ring, RingMemory memory)
    {
        _ring = ring;
        _memory = memory;
    }

    /// <summary>How many sockets were added since the last call.</summary>
    public int Count { get; private set; }

    /// <summary>Whether it can be used again: the kernel has refused no call, and no socket is held.</summary>
    public bool IsReusable => !_isBroken && Count == 0;

    /// <summary>Makes a ring; null where the kernel has none, or forbids it (seccomp, <c>kernel.io_uring_disabled</c>, no memory).</summary>
    public static SendRing? TryCreate(out int error)
    {
        RingParameters parameters = default;
        var descriptor = Libc.IoUringSetup(Libc.IoUringSetupNumber, Capacity, &parameters);
        error = descriptor < 0 ? Marshal.GetLastPInvokeError() : 0;
        if (error != 0) return null;

        var ring = new DescriptorHandle((int)descriptor);
        RingMemory? memory = null;
        if (!parameters.HasAllThatIsNeeded) error = Errno.NotImplemented;
        else memory = RingMemory.TryMap(ring, parameters, out error);
        if (memory is not null) return new SendRing(ring, memory);
        ring.Dispose();
        return null;
    }

    /// <summary>Adds a socket that the next call sends to. It stays open until then.</summary>
    /// <returns>False where it is closed, or the ring is full.</returns>
    public bool TryAdd(SafeHandle socket)
    {
        if (Count == Capacity || socket.IsClosed) return false;
        var isHeld = false;
        socket.DangerousAddRef(ref isHeld);
        _sockets[Count++] = socket;
        return true;
    }

    /// <summary>Sends to every socket that was added as many of the bytes as it takes at once.</summary>
    /// <param name="vectors">The bytes, the same for all.</param>
    /// <param name="vectorCount">How many stretches they lie in.</param>
    /// <returns>What came of each, in order: a number of bytes, an error of <see cref="Errno"/>, negated, or <see cref="NotSent"/>; valid until the next call.</returns>
    public ReadOnlySpan<int> Send(IoVector* vectors, int vectorCount)
    {
        var count = Count;
        var results = _results.AsSpan(0, count);
        results.Fill(NotSent);
        try
        {
            var message = new MessageHeader { Vectors = vectors, VectorCount = vectorCount };
            for (var i = 0; i < count; i++) _memory.Add(Request(i, vectorCount == 1 ? *vectors : default, &message));
            Submit(count);
        }
        finally
        {
            LetGo();
        }

        return results;
    }

    public void Dispose()
    {
        LetGo();
        // The ring's descriptor first: closing it ends whatever the kernel might still do with the memory.
        _ring.Dispose();
        _memory.Dispose();
    }

    private void LetGo()
    {
        var held = _sockets.AsSpan(0, Count);
        Count = 0;
        foreach (var socket in held) socket.DangerousRelease();
        held.Clear();
    }

    private RingRequest Request(int index, IoVector only, MessageHeader* message) => new()
    {
        Operation = only.Base is null ? RingRequest.SendMessage : RingRequest.Send,
        Descriptor = (int)_sockets[index].DangerousGetHandle(),
        Address = (ulong)(only.Base is null ? (byte*)message : only.Base),
        Length = only.Base is null ? 1 : (uint)only.Length,
        MessageFlags = SocketCalls.SendFlags,
        UserData = (ulong)index,
    };

    // io_uring_enter(2): what it answers is how many requests it has taken, also where the wait for their completions was interrupted.
    private void Submit(int count)
    {
        var untaken = count;
        var unfinished = count;
        while (unfinished > 0)
        {
            var taken = Libc.IoUringEnter(Libc.IoUringEnterNumber, _ring, untaken, unfinished, Libc.WaitForCompletions, null, 0);
            if (taken > 0) untaken -= (int)taken;
            var error = taken < 0 ? Marshal.GetLastPInvokeError() : 0;
            unfinished -= _memory.Take(_results);
            if (error is 0 or Errno.Interrupted) continue;

            // What was not taken is sent socket by socket. What was taken is done by now, since it does not wait; if it were not, nobody could tell
            // what its reader has, and the stream would have to be cut off.
            _isBroken = true;
            _memory.Withdraw(untaken);
            if (unfinished == untaken) return;
            foreach (ref var result in _results.AsSpan(0, count - untaken))
            {
                if (result == NotSent) result = -Errno.InputOutput;
            }

            return;
        }
    }
}
