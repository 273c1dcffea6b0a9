using System.Collections.Immutable;
using System.Diagnostics;
using System.Text;
using Siar.Hub;
using Siar.Storage.Sqlite;
using Siar.Topics;

namespace Siar.Bench.Storage;

/// <summary>
/// Acknowledged events a second through the hub: each publisher waits for the answer before it publishes again. The reference is the same
/// load with a commit for every publish.
/// </summary>
internal static class ThroughputPart
{
    private static readonly TimeSpan Duration = TimeSpan.FromSeconds(8);
    private static readonly byte[] Data = Encoding.UTF8.GetBytes(new string('x', 100));

    public static async Task RunAsync(string folder)
    {
        foreach (var durability in Enum.GetValues<SqliteDurability>())
        {
            foreach (var publishers in new[] { 1, 8, 64 }) await MeasureAsync(folder, durability, publishers, topics: 100);
        }

        await MeasureAsync(folder, SqliteDurability.PowerLoss, 64, topics: 100_000);
        await MeasureAsync(folder, SqliteDurability.PowerLoss, 64, topics: 100, inFlight: 16);
        await MeasureAsync(folder, SqliteDurability.PowerLoss, 64, topics: 100, maxBatch: 1);
    }

    private static async Task MeasureAsync(
        string folder, SqliteDurability durability, int publishers, int topics, int inFlight = 1, int maxBatch = 1_024)
    {
        var path = Path.Combine(folder, $"{Guid.NewGuid():N}.db");
        var options = new HubOptions { MaxBatch = maxBatch };
        var retention = new RetentionPlan(new RetentionLimits(null, null, null), []);
        await using var log = SqliteLog.Open(path, new SqliteLogOptions { Durability = durability }, retention, TimeProvider.System);
        await using var hub = new EventHub(log, options, TimeProvider.System);
        hub.Start();
        var names = Enumerable.Range(0, topics).Select(i => Topic.Parse($"https://example.com/topics/{i}")).ToImmutableArray();
        await PublishAsync(hub, names, publishers * inFlight, TimeSpan.FromSeconds(1));

        var cpu = Process.GetCurrentProcess().TotalProcessorTime;
        var started = Stopwatch.GetTimestamp();
        var times = await PublishAsync(hub, names, publishers * inFlight, Duration);
        var seconds = Stopwatch.GetElapsedTime(started).TotalSeconds;
        cpu = Process.GetCurrentProcess().TotalProcessorTime - cpu;

        var what = maxBatch == 1 ? "one commit a publish (reference)" : "group commit";
        Console.WriteLine(
            $"throughput: {durability}, {publishers} publishers, {inFlight} in flight each, {topics} topics, {what}: {times.Count / seconds:N0} events/s, "
            + $"answered in {Figures.Milliseconds(times)}, {cpu.TotalMicroseconds / times.Count:F1} us CPU an event");
    }

    private static async Task<List<TimeSpan>> PublishAsync(IHub hub, ImmutableArray<Topic> topics, int publishers, TimeSpan duration)
    {
        var end = Stopwatch.GetTimestamp() + (long)(duration.TotalSeconds * Stopwatch.Frequency);
        var all = await Task.WhenAll(Enumerable.Range(0, publishers).Select(n => Task.Run(() => RunPublisherAsync(hub, topics, n, end))));
        return [.. all.SelectMany(t => t)];
    }

    private static async Task<List<TimeSpan>> RunPublisherAsync(IHub hub, ImmutableArray<Topic> topics, int number, long end)
    {
        var random = new Random(number);
        var times = new List<TimeSpan>();
        while (Stopwatch.GetTimestamp() < end)
        {
            var started = Stopwatch.GetTimestamp();
            await hub.PublishAsync(new Event([topics[random.Next(topics.Length)]], Data));
            times.Add(Stopwatch.GetElapsedTime(started));
        }

        return times;
    }
}
