namespace Siar.Storage.Sqlite.Threads;

/// <summary>Something that a thread of the log's own does, so that no thread of the pool waits for the disk.</summary>
/// <typeparam name="TContext">What the thread has to do it with.</typeparam>
internal abstract class Job<TContext>
{
    /// <summary>Does it. Does not throw: what goes wrong goes to whoever waits.</summary>
    public abstract void Run(TContext context);

    /// <summary>Says that it will not be done.</summary>
    public abstract void Abandon();
}

/// <summary>A job that somebody waits for.</summary>
/// <param name="work">What is done.</param>
/// <param name="goesOn">Whether who waits goes on on the job's thread; else on the thread pool.</param>
internal sealed class Job<TContext, TResult>(Func<TContext, TResult> work, bool goesOn = false) : Job<TContext>
{
    private readonly TaskCompletionSource<TResult> _done = new(goesOn ? TaskCreationOptions.None : TaskCreationOptions.RunContinuationsAsynchronously);

    public Task<TResult> Done => _done.Task;

    public override void Run(TContext context)
    {
        TResult result;
        try
        {
            result = work(context);
        }
        catch (Exception failure)
        {
            _done.TrySetException(failure);
            return;
        }

        _done.TrySetResult(result);
    }

    public override void Abandon() => _done.TrySetException(JobThreads<TContext>.Closed());
}
