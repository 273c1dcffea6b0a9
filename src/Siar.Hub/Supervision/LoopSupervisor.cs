using System.Collections.Immutable;

namespace Siar.Hub;

/// <summary>
/// Watches over the hub's loops. Each guards its own turns and runs until the hub stops, so one that ends before is a fault that the hub cannot
/// mend: it is counted and reported, those that wait for the loop fail, and <c>/health/live</c> asks for another process. Safe for concurrent use.
/// </summary>
internal sealed class LoopSupervisor(HubMetrics metrics)
{
    private ImmutableArray<string> _ended = [];
    private volatile bool _stopping;

    /// <summary>The loops that ended though the hub has not stopped, by name.</summary>
    public ImmutableArray<string> Ended => ImmutableInterlocked.InterlockedCompareExchange(ref _ended, default, default);

    /// <summary>Says that the hub stops: loops may end from now on.</summary>
    public void Stop() => _stopping = true;

    /// <summary>Runs a loop on the thread pool. The task completes when it has ended, and never fails.</summary>
    /// <param name="name">The loop's name in metrics and logs.</param>
    /// <param name="loop">The loop.</param>
    /// <param name="onEnded">Fails those that wait for it, where it ends before the hub stops.</param>
    public Task RunAsync(string name, Func<Task> loop, Action<Exception> onEnded) => Task.Run(async () =>
    {
        Exception? failure = null;
        try
        {
            await loop();
        }
        catch (Exception exception)
        {
            failure = exception;
        }

        if (failure is null && _stopping) return;
        var ended = new LoopEndedException(name, failure);
        ImmutableInterlocked.Update(ref _ended, static (names, added) => names.Add(added), name);
        metrics.CountEndedLoop(name);
        metrics.CountFailure(ended);
        try
        {
            onEnded(ended);
        }
        catch (Exception exception)
        {
            metrics.CountFailure(exception);
        }
    });
}

/// <summary>One of the hub's loops has ended, though the hub has not stopped.</summary>
internal sealed class LoopEndedException(string loop, Exception? cause)
    : Exception($"The hub's loop '{loop}' has ended unexpectedly: restart the process.", cause)
{
    public string Loop => loop;
}
