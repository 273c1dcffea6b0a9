using System.Diagnostics;
using System.Globalization;
using Siar.Hub;
using Siar.Topics;

namespace Siar.Bench.Postgres;

/// <summary>How long after an application's commit the reader of a hub has the event.</summary>
internal static class OutboxPart
{
    private const int Events = 300;

    public static async Task<IReadOnlyList<string>> RunAsync(BenchDatabase database)
    {
        var hub = await database.OpenHubAsync();
        var committed = new long[Events];
        var arrived = new long[Events];
        var all = new TaskCompletionSource();
        using var stop = new CancellationTokenSource();
        var reading = Task.Run(async () =>
        {
            await foreach (var delivery in hub.SubscribeAsync(new SubscribeRequest { Matchers = MatcherSet.OfTopics(Topic.Parse("t")) }, stop.Token))
            {
                if (delivery is not Delivery.Published { Logged: var logged }) continue;
                var n = int.Parse(logged.Content.GetText(), CultureInfo.InvariantCulture);
                arrived[n] = Stopwatch.GetTimestamp();
                if (n == Events - 1) all.SetResult();
            }
        });
        await using var connection = await database.Source.OpenConnectionAsync();
        for (var n = 0; n < Events; n++)
        {
            // At every moment between two looks at the outbox alike.
            await Task.Delay(TimeSpan.FromMilliseconds(30 + (n * 7 % 20)), TimeProvider.System);
            await using var command = connection.CreateCommand();
            command.CommandText = $"SELECT siar.publish('t', '{n}')";
            await command.ExecuteNonQueryAsync();
            committed[n] = Stopwatch.GetTimestamp();
        }

        await all.Task;
        await stop.CancelAsync();
        await reading.ContinueWith(static _ => { }, TaskScheduler.Default);
        return [$"at a reader after the application's commit: {BenchDatabase.Describe([.. Enumerable.Range(0, Events).Select(n => Stopwatch.GetElapsedTime(committed[n], arrived[n]).TotalMilliseconds)])}"];
    }
}
