using System.Collections.Concurrent;

namespace Siar.Storage.Sqlite.Threads;

/// <summary>
/// A few threads that do jobs in order. Each has a context of its own, usually a connection. Jobs that can wait are done when no other
/// is there. May be used from any thread.
/// </summary>
internal sealed class JobThreads<TContext> : IDisposable
{
    private readonly ConcurrentQueue<Job<TContext>> _jobs = new();
    private readonly ConcurrentQueue<Job<TContext>> _patient = new();
    private readonly SemaphoreSlim _waiting = new(0);
    private readonly Thread[] _threads;
    private readonly Lock _gate = new();
    private volatile bool _stopping;

    /// <summary>Starts the threads.</summary>
    /// <param name="name">What they are called in a debugger.</param>
    /// <param name="contexts">One for each thread.</param>
    public JobThreads(string name, IReadOnlyList<TContext> contexts)
    {
        _threads = new Thread[contexts.Count];
        for (var i = 0; i < _threads.Length; i++)
        {
            var context = contexts[i];
            _threads[i] = new Thread(() => Run(context)) { IsBackground = true, Name = name };
            _threads[i].Start();
        }
    }

    /// <summary>Has a job done soon.</summary>
    public Task<TResult> Do<TResult>(Func<TContext, TResult> work) => Enqueue(_jobs, work);

    /// <summary>Has a job done when there is nothing else to do, one thing at a time.</summary>
    public Task<TResult> DoWhenIdle<TResult>(Func<TContext, TResult> work) => Enqueue(_patient, work);

    /// <summary>Does what is queued but can wait no more, then ends the threads.</summary>
    public void Dispose()
    {
        lock (_gate) _stopping = true;
        _waiting.Release(_threads.Length);
        foreach (var thread in _threads) thread.Join();
        while (TryTake(out var left)) left.Abandon();
        _waiting.Dispose();
    }

    private Task<TResult> Enqueue<TResult>(ConcurrentQueue<Job<TContext>> queue, Func<TContext, TResult> work)
    {
        var job = new Job<TContext, TResult>(work);
        lock (_gate)
        {
            if (_stopping)
            {
                job.Abandon();
            }
            else
            {
                queue.Enqueue(job);
                _waiting.Release();
            }
        }

        return job.Done;
    }

    private void Run(TContext context)
    {
        while (true)
        {
            _waiting.Wait();
            if (_jobs.TryDequeue(out var job) || (!_stopping && _patient.TryDequeue(out job))) job.Run(context);
            else if (_stopping) return;
        }
    }

    private bool TryTake(out Job<TContext> job) => _jobs.TryDequeue(out job!) || _patient.TryDequeue(out job!);
}
