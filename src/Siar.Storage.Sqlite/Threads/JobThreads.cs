using System.Collections.Concurrent;

namespace Siar.Storage.Sqlite.Threads;

/// <summary>
/// A few threads that do jobs in order. Each has a context of its own, usually a connection. Jobs that can wait are done when no other
/// is there. May be used from any thread.
/// </summary>
internal sealed class JobThreads<TContext> : IDisposable
{
    // On whose thread, and with which context, what waited for a job goes on at this moment.
    [ThreadStatic]
    private static (JobThreads<TContext> Threads, TContext Context)? _goingOn;

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

    /// <summary>What a job fails with that is not done any more.</summary>
    public static ObjectDisposedException Closed() => new(nameof(SqliteLog), "The log is closed.");

    /// <summary>Has a job done soon.</summary>
    public Task<TResult> Do<TResult>(Func<TContext, TResult> work) => Enqueue(_jobs, new Job<TContext, TResult>(work));

    /// <summary>
    /// Has a job done soon, or at once where the calling thread is one of these and goes on after a job before it. Who waits for it goes on on that thread, and so
    /// a loop that does one job after the other changes the thread once. Between two of them the thread does a job that can wait, if there is one.
    /// </summary>
    public ValueTask<TResult> DoAndGoOn<TResult>(Func<TContext, TResult> work)
    {
        if (_goingOn is not { } here || here.Threads != this)
            return new(Enqueue(_jobs, new Job<TContext, TResult>(context => GoOnAfter(context, work), goesOn: true)));
        _goingOn = null;
        if (!_stopping && _patient.TryDequeue(out var patient)) patient.Run(here.Context);
        if (_stopping)
        {
            _goingOn = here;
            return ValueTask.FromException<TResult>(Closed());
        }

        try
        {
            return new(GoOnAfter(here.Context, work));
        }
        catch (Exception failure)
        {
            return ValueTask.FromException<TResult>(failure);
        }
    }

    /// <summary>Has a job done when there is nothing else to do, one thing at a time.</summary>
    public Task<TResult> DoWhenIdle<TResult>(Func<TContext, TResult> work) => Enqueue(_patient, new Job<TContext, TResult>(work));

    /// <summary>Does what is queued but can wait no more, then ends the threads.</summary>
    public void Dispose()
    {
        lock (_gate) _stopping = true;
        _waiting.Release(_threads.Length);
        foreach (var thread in _threads) thread.Join();
        while (TryTake(out var left)) left.Abandon();
        _waiting.Dispose();
    }

    private Task<TResult> Enqueue<TResult>(ConcurrentQueue<Job<TContext>> queue, Job<TContext, TResult> job)
    {
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

    // What the work itself calls does not go on here: the context is in use. What waits for the job does.
    private TResult GoOnAfter<TResult>(TContext context, Func<TContext, TResult> work)
    {
        try
        {
            return work(context);
        }
        finally
        {
            _goingOn = (this, context);
        }
    }

    private void Run(TContext context)
    {
        while (true)
        {
            _waiting.Wait();
            if (_jobs.TryDequeue(out var job) || (!_stopping && _patient.TryDequeue(out job))) job.Run(context);
            else if (_stopping) return;
            _goingOn = null;
        }
    }

    private bool TryTake(out Job<TContext> job) => _jobs.TryDequeue(out job!) || _patient.TryDequeue(out job!);
}
