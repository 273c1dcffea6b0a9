using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Siar.Sockets.Native;

/// <summary>The memory that a ring shares with the kernel: two queues, of requests and of completions, as io_uring_setup(2) lays them out.</summary>
internal sealed unsafe class RingMemory : IDisposable
{
    private const long RequestsAt = 0x10000000;

    private readonly Mapping _queues;
    private readonly Mapping _requests;
    private readonly uint* _requestTail;
    private readonly uint _requestMask;
    private readonly uint* _completionHead;
    private readonly uint* _completionTail;
    private readonly uint _completionMask;
    private readonly RingCompletion* _completions;

    private RingMemory(Mapping queues, Mapping requests, RingParameters parameters)
    {
        (_queues, _requests) = (queues, requests);
        var start = queues.Start;
        _requestTail = (uint*)(start + parameters.Requests.Tail);
        _requestMask = *(uint*)(start + parameters.Requests.Mask);
        _completionHead = (uint*)(start + parameters.Completions.Head);
        _completionTail = (uint*)(start + parameters.Completions.Tail);
        _completionMask = *(uint*)(start + parameters.Completions.Mask);
        _completions = (RingCompletion*)(start + parameters.Completions.Entries);

        // The queue of requests is one of indexes into an array of them. Here each place always means the same request.
        var places = (uint*)(start + parameters.Requests.Places);
        for (uint i = 0; i < parameters.RequestCount; i++) places[i] = i;
    }

    /// <summary>Maps a ring's memory; null, with the error, where that fails.</summary>
    public static RingMemory? TryMap(SafeHandle ring, RingParameters parameters, out int error)
    {
        var queues = Map(ring, parameters.QueueBytes, at: 0, out error);
        if (queues is null) return null;
        var requests = Map(ring, parameters.RequestBytes, RequestsAt, out error);
        if (requests is not null) return new RingMemory(queues, requests, parameters);
        queues.Dispose();
        return null;
    }

    /// <summary>Puts a request into its queue. No more than the ring was made for may be there at once.</summary>
    public void Add(RingRequest request)
    {
        var tail = *_requestTail;
        ((RingRequest*)_requests.Start)[tail & _requestMask] = request;
        Volatile.Write(ref *_requestTail, tail + 1);
    }

    /// <summary>Takes back the last requests, which the kernel has not taken.</summary>
    public void Withdraw(int count) => Volatile.Write(ref *_requestTail, *_requestTail - (uint)count);

    /// <summary>Takes what is complete, and notes each result at the place that the request has named.</summary>
    /// <returns>How many were complete.</returns>
    public int Take(int[] results)
    {
        var head = *_completionHead;
        var tail = Volatile.Read(ref *_completionTail);
        for (var i = head; i != tail; i++)
        {
            var completion = _completions[i & _completionMask];
            results[completion.UserData] = completion.Result;
        }

        Volatile.Write(ref *_completionHead, tail);
        return (int)(tail - head);
    }

    public void Dispose()
    {
        _queues.Dispose();
        _requests.Dispose();
    }

    private static Mapping? Map(SafeHandle ring, nint length, long at, out int error)
    {
        var start = (nint)Libc.Map(null, length, Libc.ReadAndWrite, Libc.SharedAndPopulated, ring, at);
        error = start == -1 ? Marshal.GetLastPInvokeError() : 0;
        return error == 0 ? new Mapping(start, length) : null;
    }

    private sealed class Mapping : SafeHandleMinusOneIsInvalid
    {
        private readonly nint _length;

        public Mapping(nint start, nint length)
            : base(ownsHandle: true)
        {
            SetHandle(start);
            _length = length;
        }

        public byte* Start => (byte*)handle;

        protected override bool ReleaseHandle() => Libc.Unmap((void*)handle, _length) == 0;
    }
}
