using System.Diagnostics;
using System.Globalization;
using Siar.Hub;
using Siar.Topics;

namespace Siar.Bench.Postgres;

/// <summary>How long after a commit through one hub the reader of another, idle one has the event.</summary>
internal static class TailPart
{
    private const int Events = 500;

    public static async Task<IReadOnlyList<string>> RunAsync(BenchDatabase database)
    {
        var here = await database.OpenHubAsync();
        var there = await database.OpenHubAsync();
        var committed = new long[Events + 20];
        var began = new long[Events + 20];
        var arrived = new long[Events + 20];
        var all = new TaskCompletionSource();
        using var stop = new CancellationTokenSource();
        var reading = Task.Run(async () =>
        {
            await foreach (var delivery in there.SubscribeAsync(new SubscribeRequest { Matchers = MatcherSet.OfTopics(Topic.Parse("t")) }, stop.Token))
            {
                if (delivery is not Delivery.Published { Logged: var logged }) continue;
                var n = int.Parse(logged.Content.GetText(), CultureInfo.InvariantCulture);
                arrived[n] = Stopwatch.GetTimestamp();
                if (n == arrived.Length - 1) all.SetResult();
            }
        });
        for (var n = 0; n < committed.Length; n++)
        {
            await Task.Delay(TimeSpan.FromMilliseconds(20), TimeProvider.System);
            began[n] = Stopwatch.GetTimestamp();
            await here.PublishAsync(new Event(Topic.Parse("t"), n.ToString(CultureInfo.InvariantCulture)));
            committed[n] = Stopwatch.GetTimestamp();
        }

        await all.Task;
        await stop.CancelAsync();
        await reading.ContinueWith(static _ => { }, TaskScheduler.Default);
        var counted = Enumerable.Range(20, Events).ToList();
        return
        [
            $"acknowledged after {BenchDatabase.Describe(counted.ConvertAll(n => Stopwatch.GetElapsedTime(began[n], committed[n]).TotalMilliseconds))}",
            $"at the other hub's reader after the acknowledgement: {BenchDatabase.Describe(counted.ConvertAll(n => Stopwatch.GetElapsedTime(committed[n], arrived[n]).TotalMilliseconds))}",
        ];
    }
}
