using Siar.Sockets.Native;

namespace Siar.Sockets;

/// <summary>
/// The rings that lanes send through, each used by one at a time. Where the kernel gives none there is none, and every socket is sent to by
/// itself. Safe for concurrent use, without a lock.
/// </summary>
/// <param name="create">Makes a ring, or says why there is none.</param>
/// <param name="onRefused">Told the error, once.</param>
internal sealed class SendRings(SendRings.Creation create, Action<int> onRefused) : IDisposable
{
    // A hub has a lane for each core; with more of them a ring may be made for a batch and let go of.
    private readonly SendRing?[] _free = new SendRing?[Math.Max(16, Environment.ProcessorCount)];
    private int _isOver;

    /// <summary>Makes a ring; null, with the error of the kernel, where there is none.</summary>
    public delegate SendRing? Creation(out int error);

    /// <summary>Rings of the kernel's.</summary>
    /// <param name="onRefused">Told the error where there are none.</param>
    public static SendRings OfKernel(Action<int> onRefused) => new(SendRing.TryCreate, onRefused);

    /// <summary>No rings.</summary>
    public static SendRings None() => new(SendRing.TryCreate, static _ => { }) { _isOver = 1 };

    /// <summary>A ring, which must be given back; null where there is none.</summary>
    public SendRing? Rent()
    {
        if (Volatile.Read(ref _isOver) == 1) return null;
        foreach (ref var place in _free.AsSpan())
        {
            if (place is not null && Interlocked.Exchange(ref place, null) is { } ring) return ring;
        }

        var made = create(out var error);
        if (made is null && IsForGood(error) && Interlocked.Exchange(ref _isOver, 1) == 0) onRefused(error);
        return made;
    }

    /// <summary>Gives a ring back.</summary>
    public void Return(SendRing ring)
    {
        if (ring.IsReusable && TryKeep(ring))
        {
            if (Volatile.Read(ref _isOver) == 1) LetGo();
            return;
        }

        ring.Dispose();
    }

    public void Dispose()
    {
        Interlocked.Exchange(ref _isOver, 1);
        LetGo();
    }

    // A shortage of descriptors or memory passes: the next batch may find a ring again.
    private static bool IsForGood(int error) => error is Errno.NotPermitted or Errno.AccessDenied or Errno.NotImplemented;

    private bool TryKeep(SendRing ring)
    {
        foreach (ref var place in _free.AsSpan())
        {
            if (place is null && Interlocked.CompareExchange(ref place, ring, null) is null) return true;
        }

        return false;
    }

    private void LetGo()
    {
        foreach (ref var place in _free.AsSpan()) Interlocked.Exchange(ref place, null)?.Dispose();
    }
}
