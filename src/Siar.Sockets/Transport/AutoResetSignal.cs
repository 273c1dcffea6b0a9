using System.Threading.Tasks.Sources;

namespace Siar.Sockets;

/// <summary>Lets one waiter at a time wait for a signal, again and again, without allocating. A signal that nobody waits for is kept, once.</summary>
/// <param name="runAsynchronously">Whether the waiter goes on on the thread pool; otherwise within <see cref="Set"/>.</param>
internal sealed class AutoResetSignal(bool runAsynchronously) : IValueTaskSource
{
    private const int Idle = 0;
    private const int Signalled = 1;
    private const int Awaited = 2;

    private ManualResetValueTaskSourceCore<bool> _source = new() { RunContinuationsAsynchronously = runAsynchronously };
    private int _state;

    /// <summary>Waits for the next signal. Only one may wait.</summary>
    public ValueTask WaitAsync()
    {
        if (Interlocked.CompareExchange(ref _state, Idle, Signalled) == Signalled) return ValueTask.CompletedTask;
        _source.Reset();
        if (Interlocked.CompareExchange(ref _state, Awaited, Idle) == Idle) return new ValueTask(this, _source.Version);

        // The signal came in between, and nobody else takes it.
        Volatile.Write(ref _state, Idle);
        return ValueTask.CompletedTask;
    }

    /// <summary>Signals. May be called from any thread, any number of times.</summary>
    public void Set()
    {
        while (true)
        {
            switch (Volatile.Read(ref _state))
            {
                case Signalled:
                    return;
                case Idle when Interlocked.CompareExchange(ref _state, Signalled, Idle) == Idle:
                    return;
                case Awaited when Interlocked.CompareExchange(ref _state, Idle, Awaited) == Awaited:
                    _source.SetResult(true);
                    return;
            }
        }
    }

    void IValueTaskSource.GetResult(short token) => _source.GetResult(token);

    ValueTaskSourceStatus IValueTaskSource.GetStatus(short token) => _source.GetStatus(token);

    void IValueTaskSource.OnCompleted(Action<object?> continuation, object? state, short token, ValueTaskSourceOnCompletedFlags flags) =>
        _source.OnCompleted(continuation, state, token, flags);
}
