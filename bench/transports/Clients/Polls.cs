using System.Diagnostics;

namespace Siar.Bench.Transports.Clients;

/// <summary>Has every client poll once in an interval, spread evenly over it.</summary>
internal static class Polls
{
    private static readonly TimeSpan Step = TimeSpan.FromMilliseconds(5);

    public static async Task RunAsync(IReadOnlyList<PollClient> clients, TimeSpan interval, CancellationToken end)
    {
        using var timer = new PeriodicTimer(Step, TimeProvider.System);
        var begin = Stopwatch.GetTimestamp();
        long next = 0;
        while (!end.IsCancellationRequested)
        {
            for (var due = (long)(Stopwatch.GetElapsedTime(begin) / interval * clients.Count); next < due; next++) clients[(int)(next % clients.Count)].Poll();
            await timer.WaitForNextTickAsync(CancellationToken.None);
        }
    }
}
