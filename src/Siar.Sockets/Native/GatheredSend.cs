using System.Runtime.InteropServices;
using Siar.Hub;

namespace Siar.Sockets.Native;

/// <summary>
/// Where events are sent: all frames of a write, as they lie in their blocks, in one call, to one socket or, through a ring, to many. Neighbours in a
/// block are one stretch.
/// </summary>
internal static unsafe class GatheredSend
{
    /// <summary>The most stretches that the kernel takes in one call (<c>IOV_MAX</c>).</summary>
    private const int MaxVectors = 1_024;

    // One for each thread that sends: 16 KiB that never move, as long as the thread lives.
    [ThreadStatic]
    private static IoVector[]? _vectorsOfThread;

    /// <summary>Sends as many bytes of the frames as the socket takes.</summary>
    /// <param name="socket">The socket.</param>
    /// <param name="frames">At least one; all in one array, or in arrays that never move.</param>
    /// <param name="form">The form in which they are wanted.</param>
    /// <returns>
    /// The number of bytes (fewer than all where the socket is full, or where there are more stretches than one call takes), or an error of
    /// <see cref="Errno"/>, negated.
    /// </returns>
    public static int Send(SafeHandle socket, ReadOnlySpan<Frame> frames, StreamForm form)
    {
        var first = frames[0].In(form).Array;
        fixed (byte* start = first)
        fixed (IoVector* vectors = _vectorsOfThread ??= GC.AllocateUninitializedArray<IoVector>(MaxVectors, pinned: true))
        {
            var count = Gather(frames, form, first, start, vectors);
            return count == 1 ? SendOne(socket, vectors) : SendAll(socket, vectors, count);
        }
    }

    /// <summary>Sends as many bytes of the frames as each takes to all sockets that were added to a ring.</summary>
    /// <param name="ring">The ring.</param>
    /// <param name="frames">As for one socket.</param>
    /// <param name="form">As for one socket.</param>
    /// <returns>What came of each socket: as for one, or <see cref="SendRing.NotSent"/>.</returns>
    public static ReadOnlySpan<int> SendToAll(SendRing ring, ReadOnlySpan<Frame> frames, StreamForm form)
    {
        var first = frames[0].In(form).Array;
        fixed (byte* start = first)
        fixed (IoVector* vectors = _vectorsOfThread ??= GC.AllocateUninitializedArray<IoVector>(MaxVectors, pinned: true))
        {
            var count = Gather(frames, form, first, start, vectors);
            return ring.Send(vectors, count);
        }
    }

    private static int Gather(ReadOnlySpan<Frame> frames, StreamForm form, byte[] first, byte* start, IoVector* vectors)
    {
        var used = 0;
        byte* end = null;
        foreach (ref readonly var frame in frames)
        {
            var bytes = frame.In(form);
            if ((uint)bytes.Offset > (uint)bytes.Array.Length || (uint)bytes.Length > (uint)(bytes.Array.Length - bytes.Offset))
                throw new InvalidOperationException("A frame lies outside of its block.");

            var at = BaseOf(bytes, first, start) + bytes.Offset;
            if (at == end)
            {
                vectors[used - 1].Length += bytes.Length;
            }
            else
            {
                if (used == MaxVectors) break;
                vectors[used].Base = at;
                vectors[used].Length = bytes.Length;
                used++;
            }

            end = at + bytes.Length;
        }

        return used;
    }

    // The caller's span holds what the arrays are in while the call lasts; the first is pinned by the caller, any other must be so for good.
    private static byte* BaseOf(in FrameBytes bytes, byte[] first, byte* start)
    {
        if (ReferenceEquals(bytes.Array, first)) return start;
        return bytes.IsPinned
            ? (byte*)System.Runtime.CompilerServices.Unsafe.AsPointer(ref MemoryMarshal.GetArrayDataReference(bytes.Array))
            : throw new InvalidOperationException("Frames of several blocks can be sent at once only where the blocks never move.");
    }

    private static int SendOne(SafeHandle socket, IoVector* vector)
    {
        nint count;
        do
        {
            count = Libc.Send(socket, vector->Base, vector->Length, SocketCalls.SendFlags);
        }
        while (count < 0 && Marshal.GetLastPInvokeError() == Errno.Interrupted);
        return count < 0 ? -Marshal.GetLastPInvokeError() : (int)count;
    }

    private static int SendAll(SafeHandle socket, IoVector* vectors, int vectorCount)
    {
        var message = new MessageHeader { Vectors = vectors, VectorCount = vectorCount };
        nint count;
        do
        {
            count = Libc.SendMessage(socket, &message, SocketCalls.SendFlags);
        }
        while (count < 0 && Marshal.GetLastPInvokeError() == Errno.Interrupted);
        return count < 0 ? -Marshal.GetLastPInvokeError() : (int)count;
    }
}
