using System.Runtime.InteropServices;
using Siar.Hub;
using Siar.Sockets.Native;

namespace Siar.Sockets;

/// <summary>
/// A thread that waits for many sockets. Each has a slot with its target; a slot's generation changes with its target, so that what is told
/// late, of a socket that has left or changed hands, reaches nobody. Everything is safe for concurrent use.
/// </summary>
internal sealed class Poller : IDisposable
{
    private static readonly TimeSpan PauseAfterFailure = TimeSpan.FromSeconds(1);

    private readonly EpollInstance _epoll;
    private readonly TimeProvider _time;
    private readonly ManualResetEventSlim _resume = new();
    private readonly Lock _gate = new();
    private readonly List<Slot> _slots = [];
    private readonly Stack<int> _free = new();
    private readonly Action<Exception> _onFailure;
    private readonly Thread _thread;
    private volatile bool _stopping;

    /// <summary>Starts the thread.</summary>
    /// <param name="number">For the thread's name.</param>
    /// <param name="epoll">What the thread waits with; the poller disposes of it.</param>
    /// <param name="lingering">Where sockets go whose end must still reach their peer.</param>
    /// <param name="rings">What many sockets are sent to through at once.</param>
    /// <param name="time">The clock.</param>
    /// <param name="onFailure">Told of what should not have happened; never throws.</param>
    public Poller(int number, EpollInstance epoll, LingeringSockets lingering, SendRings rings, TimeProvider time, Action<Exception> onFailure)
    {
        _epoll = epoll;
        _time = time;
        Rings = rings;
        Lingering = lingering;
        _onFailure = onFailure;
        _thread = new Thread(Run) { Name = $"Siar poller {number}", IsBackground = true };
        _thread.UnsafeStart();
    }

    /// <summary>Where sockets go whose end must still reach their peer.</summary>
    public LingeringSockets Lingering { get; }

    /// <summary>What many sockets are sent to through at once.</summary>
    public SendRings Rings { get; }

    /// <summary>How many sockets are waited for.</summary>
    public int Count
    {
        get
        {
            lock (_gate) return _slots.Count - _free.Count;
        }
    }

    /// <summary>Begins to wait for a socket. What it has come to already is told as well.</summary>
    /// <returns>Its slot.</returns>
    /// <exception cref="ObjectDisposedException">The poller or the socket is gone.</exception>
    public int Add(SafeHandle socket, PollEvents events, IPollTarget target)
    {
        lock (_gate)
        {
            if (!_free.TryPop(out var slot))
            {
                slot = _slots.Count;
                _slots.Add(default);
            }

            var generation = _slots[slot].Generation + 1;
            _slots[slot] = new Slot(target, socket, generation);
            try
            {
                _epoll.Watch(socket, events | PollEvents.EdgeTriggered, Token(slot, generation));
            }
            catch
            {
                RemoveUnderLock(slot);
                throw;
            }

            return slot;
        }
    }

    /// <summary>Waits for other events on behalf of another target, or the same. What the socket has come to already is told anew.</summary>
    /// <returns>False where the poller or the socket is gone, or the slot is not the socket's any more.</returns>
    public bool TryChange(int slot, SafeHandle socket, PollEvents events, IPollTarget target)
    {
        lock (_gate)
        {
            if (!ReferenceEquals(_slots[slot].Socket, socket)) return false;
            var generation = _slots[slot].Generation + 1;
            _slots[slot] = new Slot(target, socket, generation);
            try
            {
                _epoll.Rewatch(socket, events | PollEvents.EdgeTriggered, Token(slot, generation));
                return true;
            }
            catch (Exception failure) when (failure is ObjectDisposedException or IOException)
            {
                return false;
            }
        }
    }

    /// <summary>Tells nobody of the socket any more. Call it before the socket is closed; a second call does nothing.</summary>
    public void Remove(int slot, SafeHandle socket)
    {
        lock (_gate)
        {
            if (ReferenceEquals(_slots[slot].Socket, socket)) RemoveUnderLock(slot);
        }
    }

    public void Dispose()
    {
        _stopping = true;
        _resume.Set();
        _epoll.Wake();
        // What ends the process may have come to its end on this very thread, where requests are served on it.
        if (Thread.CurrentThread != _thread) _thread.Join();
    }

    private void RemoveUnderLock(int slot)
    {
        _slots[slot] = new Slot(null, null, _slots[slot].Generation + 1);
        _free.Push(slot);
    }

    private void Run()
    {
        while (!_stopping) WaitOnce();
        _epoll.Dispose();
    }

    // Whatever fails must not end the loop that everybody's streams depend on. A wait that fails fails again at once, and must not spin.
    private void WaitOnce()
    {
        int count;
        try
        {
            count = _epoll.Wait();
        }
        catch (Exception failure)
        {
            _onFailure(failure);
            Pause();
            return;
        }

        for (var i = 0; i < count; i++)
        {
            LoopTurn.OthersWait = i < count - 1;
            Tell(i);
        }
    }

    private void Pause()
    {
        using var timer = _time.CreateTimer(static resume => ((ManualResetEventSlim)resume!).Set(), _resume, PauseAfterFailure, Timeout.InfiniteTimeSpan);
        _resume.Wait();
        if (!_stopping) _resume.Reset();
    }

    private void Tell(int index)
    {
        var (events, token) = _epoll.Event(index);
        if (token == EpollInstance.WakeToken) return;
        try
        {
            Find(token)?.OnEvents(events);
        }
        catch (Exception failure)
        {
            _onFailure(failure);
        }
    }

    private IPollTarget? Find(ulong token)
    {
        var index = (int)(uint)token;
        lock (_gate)
        {
            var slot = _slots[index];
            return slot.Generation == (uint)(token >> 32) ? slot.Target : null;
        }
    }

    private static ulong Token(int slot, uint generation) => ((ulong)generation << 32) | (uint)slot;

    private readonly record struct Slot(IPollTarget? Target, SafeHandle? Socket, uint Generation);
}
