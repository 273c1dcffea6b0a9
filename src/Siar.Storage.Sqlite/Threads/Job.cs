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
internal sealed class Job<TContext, TResult>(Func<TContext, TResult> work) : Job<TContext>
{
    private readonly TaskCompletionSource<TResult> _done = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public Task<TResult> Done => _done.Task;

    public override void Run(TContext context)
    {
        try
        {
            _done.TrySetResult(work(context));
        }
        catch (Exception failure)
        {
            _done.TrySetException(failure);
        }
    }

    public override void Abandon() => _done.TrySetException(new ObjectDisposedException(nameof(SqliteLog), "The log is closed."));
}
