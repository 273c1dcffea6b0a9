using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Siar.Sockets.Native;

/// <summary>What a descriptor is waited for, or has come to.</summary>
[Flags]
internal enum PollEvents : uint
{
    None = 0,
    Readable = 0x1,
    Writable = 0x4,
    Error = 0x8,
    HangUp = 0x10,
    PeerClosed = 0x2000,
    EdgeTriggered = 1u << 31,

    /// <summary>The connection is over, or its peer sends nothing more.</summary>
    AnyEnd = Error | HangUp | PeerClosed,
}

/// <summary>Waits for many descriptors at once. One thread waits; any may add and change.</summary>
internal sealed unsafe class EpollInstance : IDisposable
{
    private const int CloseOnExec = 0x80000;
    private const int NonBlocking = 0x800;
    private const int Add = 1;
    private const int Modify = 3;
    private const int MaxEvents = 256;

    // struct epoll_event is packed on x64 only: 4 bytes of events, then 8 of data.
    private static readonly int DataOffset = RuntimeInformation.ProcessArchitecture is Architecture.X64 ? 4 : 8;
    private static readonly int EventSize = DataOffset + sizeof(ulong);

    private readonly DescriptorHandle _epoll;
    private readonly DescriptorHandle _wake;
    private readonly byte[] _buffer = GC.AllocateArray<byte>(MaxEvents * EventSize, pinned: true);

    public EpollInstance()
    {
        _epoll = Made(Libc.EpollCreate(CloseOnExec), "epoll_create1");
        _wake = Made(Libc.EventFd(0, CloseOnExec | NonBlocking), "eventfd");
        Control(Add, _wake, PollEvents.Readable, WakeToken);
    }

    /// <summary>The token that <see cref="Wake"/> is told with.</summary>
    public const ulong WakeToken = ulong.MaxValue;

    /// <summary>Begins to wait for a descriptor. What it has come to already is told as well.</summary>
    public void Watch(SafeHandle descriptor, PollEvents events, ulong token) => Control(Add, descriptor, events, token);

    /// <summary>Waits for other events, or tells them with another token. What it has come to already is told anew.</summary>
    public void Rewatch(SafeHandle descriptor, PollEvents events, ulong token) => Control(Modify, descriptor, events, token);

    /// <summary>Waits until something happens.</summary>
    /// <returns>How many things did; <see cref="Event"/> tells each.</returns>
    public int Wait()
    {
        fixed (byte* buffer = _buffer)
        {
            var count = Libc.EpollWait(_epoll, buffer, MaxEvents, -1);
            return count >= 0 || Marshal.GetLastPInvokeError() == Errno.Interrupted
                ? Math.Max(count, 0)
                : throw Failure("epoll_wait");
        }
    }

    /// <summary>One of the things that the last <see cref="Wait"/> came back with.</summary>
    public (PollEvents Events, ulong Token) Event(int index)
    {
        var at = _buffer.AsSpan(index * EventSize, EventSize);
        return ((PollEvents)MemoryMarshal.Read<uint>(at), MemoryMarshal.Read<ulong>(at[DataOffset..]));
    }

    /// <summary>Has the waiting thread come back, for good: it is told again each time it waits.</summary>
    public void Wake()
    {
        if (_wake.IsClosed) return;
        var one = 1UL;
        _ = Libc.Write(_wake, (byte*)&one, sizeof(ulong));
    }

    public void Dispose()
    {
        _epoll.Dispose();
        _wake.Dispose();
    }

    [SkipLocalsInit]
    private void Control(int operation, SafeHandle descriptor, PollEvents events, ulong token)
    {
        var item = stackalloc byte[16];
        Unsafe.WriteUnaligned(item, (uint)events);
        Unsafe.WriteUnaligned(item + DataOffset, token);
        if (Libc.EpollControl(_epoll, operation, descriptor, item) != 0) throw Failure("epoll_ctl");
    }

    private static DescriptorHandle Made(int descriptor, string call) => descriptor >= 0 ? new DescriptorHandle(descriptor) : throw Failure(call);

    private static IOException Failure(string call) =>
        new($"The system call {call} failed: {Marshal.GetLastPInvokeErrorMessage()} ({Marshal.GetLastPInvokeError()}).");
}
