using System.Runtime.InteropServices;

namespace Siar.Sockets.Native;

/// <summary>What the kernel tells of a ring that it has made (<c>struct io_uring_params</c>).</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct RingParameters
{
    // One mapping holds both queues (IORING_FEAT_SINGLE_MMAP, Linux 5.4); sockets that are full are told so (since 5.7, with IORING_FEAT_FAST_POLL).
    private const uint Needed = 1 | (1 << 5);

    public uint RequestCount;
    public uint CompletionCount;
    public uint Flags;
    public uint PollerProcessor;
    public uint PollerIdle;
    public uint Features;
    public uint WorkersOf;
    public uint Reserved1;
    public uint Reserved2;
    public uint Reserved3;
    public RequestOffsets Requests;
    public CompletionOffsets Completions;

    /// <summary>Whether the kernel is recent enough.</summary>
    public readonly bool HasAllThatIsNeeded => (Features & Needed) == Needed;

    /// <summary>The length of the mapping with both queues.</summary>
    public readonly unsafe nint QueueBytes =>
        (nint)Math.Max(Requests.Places + (RequestCount * sizeof(uint)), Completions.Entries + (CompletionCount * (uint)sizeof(RingCompletion)));

    /// <summary>The length of the mapping with the requests.</summary>
    public readonly unsafe nint RequestBytes => (nint)(RequestCount * (uint)sizeof(RingRequest));
}

/// <summary>Where in the mapping the queue of requests has what (<c>struct io_sqring_offsets</c>).</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct RequestOffsets
{
    public uint Head;
    public uint Tail;
    public uint Mask;
    public uint Count;
    public uint Flags;
    public uint Dropped;
    public uint Places;
    public uint Reserved;
    public ulong UserAddress;
}

/// <summary>Where in the mapping the queue of completions has what (<c>struct io_cqring_offsets</c>).</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct CompletionOffsets
{
    public uint Head;
    public uint Tail;
    public uint Mask;
    public uint Count;
    public uint Overflow;
    public uint Entries;
    public uint Flags;
    public uint Reserved;
    public ulong UserAddress;
}

/// <summary>One request (<c>struct io_uring_sqe</c>, 64 bytes).</summary>
[StructLayout(LayoutKind.Explicit, Size = 64)]
internal struct RingRequest
{
    /// <summary><c>IORING_OP_SENDMSG</c>.</summary>
    public const byte SendMessage = 9;

    /// <summary><c>IORING_OP_SEND</c>.</summary>
    public const byte Send = 26;

    [FieldOffset(0)]
    public byte Operation;

    [FieldOffset(4)]
    public int Descriptor;

    [FieldOffset(16)]
    public ulong Address;

    [FieldOffset(24)]
    public uint Length;

    [FieldOffset(28)]
    public int MessageFlags;

    [FieldOffset(32)]
    public ulong UserData;
}

/// <summary>What came of a request (<c>struct io_uring_cqe</c>).</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct RingCompletion
{
    public ulong UserData;
    public int Result;
    public uint Flags;
}
