namespace Siar.TestKit;

/// <summary>Counts the bytes that code allocates on the thread that runs it.</summary>
public static class Allocations
{
    private const int Rounds = 5;

    /// <summary>
    /// Runs the same work again and again, and answers what the cheapest round allocated. What the work itself allocates it allocates in
    /// every round. The runtime now and then adds an object of its own in one of them, such as the 40 bytes of a <c>RuntimeType</c> when it
    /// compiles the running loop anew, on the thread that runs it.
    /// </summary>
    /// <param name="work">The work, already warmed up.</param>
    public static long OfCheapestRound(Action work)
    {
        var least = long.MaxValue;
        for (var i = 0; i < Rounds; i++) least = Math.Min(least, Of(work));
        return least;
    }

    /// <summary>The same for work that needs something done before each round that does not count.</summary>
    /// <param name="prepare">What is done before each round.</param>
    /// <param name="work">The work, already warmed up.</param>
    public static async Task<long> OfCheapestRoundAsync(Func<Task> prepare, Action work)
    {
        var least = long.MaxValue;
        for (var i = 0; i < Rounds; i++)
        {
            await prepare();
            least = Math.Min(least, Of(work));
        }

        return least;
    }

    private static long Of(Action work)
    {
        var before = GC.GetAllocatedBytesForCurrentThread();
        work();
        return GC.GetAllocatedBytesForCurrentThread() - before;
    }
}
