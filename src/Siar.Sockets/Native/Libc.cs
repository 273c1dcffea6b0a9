// All unsafe code of this room is in this folder. Its rules:
//
//  1. A descriptor is owned by one DescriptorHandle from the call that made it to the call that closes it. Nobody else closes it, and
//     nobody keeps its number: every call below takes the handle, which cannot be closed while a call holds it, and throws
//     ObjectDisposedException afterwards. So nothing is ever written to a number that the kernel has given to somebody else meanwhile.
//  2. A pointer lives as long as the call that it is for. Memory is either pinned for the length of the call (fixed), or was allocated
//     pinned and is held by a reference on the stack (frames of the window). The kernel keeps none after it has returned: what goes through
//     a ring (SendRing) never waits, and the call returns when all of it is done. A socket in a ring is held open meanwhile. Only the ring's own
//     memory is the kernel's for longer; it is mapped, not the collector's, and goes after the ring.
//  3. Every length that reaches the kernel is the length of the span that it belongs to; nothing is computed with pointers but what
//     GatheredSend checks against the arrays' bounds first.
//  4. Sockets never block. A call that is interrupted (EINTR) is made again, but for close: on Linux the descriptor is gone then.
//  5. No call raises SIGPIPE (MSG_NOSIGNAL), and no descriptor is inherited by a child (CLOEXEC).
//  6. Results are values (a count, or an error of Errno); only what cannot happen to a sound program throws.

using System.Runtime.InteropServices;

namespace Siar.Sockets.Native;

/// <summary>The system calls that are used, as the C library names them.</summary>
internal static unsafe partial class Libc
{
    private const string Library = "libc";

    /// <summary>The number of <c>io_uring_setup</c>, which the C library does not name; the same on x64 and arm64.</summary>
    public const nint IoUringSetupNumber = 425;

    /// <summary>The number of <c>io_uring_enter</c>.</summary>
    public const nint IoUringEnterNumber = 426;

    /// <summary>Has <see cref="IoUringEnter"/> wait for completions (<c>IORING_ENTER_GETEVENTS</c>).</summary>
    public const nint WaitForCompletions = 1;

    /// <summary><c>PROT_READ | PROT_WRITE</c>.</summary>
    public const int ReadAndWrite = 3;

    /// <summary><c>MAP_SHARED | MAP_POPULATE</c>.</summary>
    public const int SharedAndPopulated = 0x8001;

    [LibraryImport(Library, EntryPoint = "accept4", SetLastError = true)]
    public static partial int Accept4(SafeHandle socket, byte* address, int* addressLength, int flags);

    [LibraryImport(Library, EntryPoint = "recv", SetLastError = true)]
    public static partial nint Receive(SafeHandle socket, byte* buffer, nint length, int flags);

    [LibraryImport(Library, EntryPoint = "send", SetLastError = true)]
    public static partial nint Send(SafeHandle socket, byte* buffer, nint length, int flags);

    [LibraryImport(Library, EntryPoint = "sendmsg", SetLastError = true)]
    public static partial nint SendMessage(SafeHandle socket, MessageHeader* message, int flags);

    [LibraryImport(Library, EntryPoint = "open", SetLastError = true)]
    public static partial int Open(byte* path, int flags);

    [LibraryImport(Library, EntryPoint = "flock", SetLastError = true)]
    public static partial int Lock(SafeHandle descriptor, int operation);

    [LibraryImport(Library, EntryPoint = "shutdown", SetLastError = true)]
    public static partial int Shutdown(SafeHandle socket, int how);

    [LibraryImport(Library, EntryPoint = "setsockopt", SetLastError = true)]
    public static partial int SetSocketOption(SafeHandle socket, int level, int name, void* value, int length);

    [LibraryImport(Library, EntryPoint = "getsockname", SetLastError = true)]
    public static partial int GetSocketName(SafeHandle socket, byte* address, int* addressLength);

    [LibraryImport(Library, EntryPoint = "epoll_create1", SetLastError = true)]
    public static partial int EpollCreate(int flags);

    [LibraryImport(Library, EntryPoint = "epoll_ctl", SetLastError = true)]
    public static partial int EpollControl(SafeHandle epoll, int operation, SafeHandle descriptor, byte* epollEvent);

    [LibraryImport(Library, EntryPoint = "epoll_wait", SetLastError = true)]
    public static partial int EpollWait(SafeHandle epoll, byte* events, int maxEvents, int milliseconds);

    [LibraryImport(Library, EntryPoint = "eventfd", SetLastError = true)]
    public static partial int EventFd(uint initial, int flags);

    [LibraryImport(Library, EntryPoint = "write", SetLastError = true)]
    public static partial nint Write(SafeHandle descriptor, byte* buffer, nint length);

    [LibraryImport(Library, EntryPoint = "syscall", SetLastError = true)]
    public static partial nint IoUringSetup(nint number, nint entries, RingParameters* parameters);

    [LibraryImport(Library, EntryPoint = "syscall", SetLastError = true)]
    public static partial nint IoUringEnter(nint number, SafeHandle ring, nint toSubmit, nint minComplete, nint flags, void* signals, nint size);

    [LibraryImport(Library, EntryPoint = "mmap", SetLastError = true)]
    public static partial void* Map(void* address, nint length, int protection, int flags, SafeHandle descriptor, long offset);

    [LibraryImport(Library, EntryPoint = "munmap")]
    public static partial int Unmap(void* address, nint length);

    [LibraryImport(Library, EntryPoint = "getrlimit", SetLastError = true)]
    public static partial int GetLimit(int resource, ulong* softAndHard);

    [LibraryImport(Library, EntryPoint = "setrlimit", SetLastError = true)]
    public static partial int SetLimit(int resource, ulong* softAndHard);

    [LibraryImport(Library, EntryPoint = "syscall", SetLastError = true)]
    public static partial nint Statx(nint number, nint folder, byte* path, nint flags, nint mask, byte* answer);

    [LibraryImport(Library, EntryPoint = "close")]
    public static partial int Close(int descriptor);
}

/// <summary>One stretch of memory for a gathering call (<c>struct iovec</c>).</summary>
[StructLayout(LayoutKind.Sequential)]
internal unsafe struct IoVector
{
    public byte* Base;
    public nint Length;
}

/// <summary>What a gathering call sends (<c>struct msghdr</c>, as 64-bit Linux lays it out).</summary>
[StructLayout(LayoutKind.Sequential)]
internal unsafe struct MessageHeader
{
    public void* Name;
    public uint NameLength;
    public IoVector* Vectors;
    public nint VectorCount;
    public void* Control;
    public nint ControlLength;
    public int Flags;
}
