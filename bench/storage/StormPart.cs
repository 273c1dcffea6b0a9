using System.Diagnostics;
using System.Text;
using Siar.Hub;
using Siar.Topics;

namespace Siar.Bench.Storage;

/// <summary>
/// Ten thousand readers come back at once, each a hundred events behind: how long until all are level, against the time that it takes to
/// deliver those events live. The outlets cost nothing, so that it is the hub and the log that are measured. Publishing goes on meanwhile.
/// </summary>
internal static class StormPart
{
    private const int Readers = 10_000;
    private const int Behind = 100;
    private static readonly byte[] Data = Encoding.UTF8.GetBytes(new string('x', 100));

    public static async Task RunAsync(string folder)
    {
        foreach (var topics in new[] { 1, 100, Readers })
        {
            var path = Path.Combine(folder, $"storm-{topics}.db");
            await MeasureAsync(path, topics);
            File.Delete(path);
        }
    }

    private static async Task MeasureAsync(string path, int topics)
    {
        TimeSpan live;
        TimeSpan warm;
        long before;
        await using (var log = BigLog.Open(path))
        {
            await using var hub = Start(log);
            (live, before) = await LiveAsync(hub, topics);
            warm = await StormAsync(hub, topics, before, "from memory");
        }

        // The process is another as far as the hub can tell: nothing is in its window.
        await using var reopened = BigLog.Open(path);
        await using var restarted = Start(reopened);
        var cold = await StormAsync(restarted, topics, before, "from the file, after a restart");
        Console.WriteLine(
            $"storm: {Readers:N0} readers of {topics:N0} topics, {Behind} events behind: live {live.TotalMilliseconds:F0} ms, "
            + $"from memory {warm.TotalMilliseconds:F0} ms ({warm / live:F2}), from the file {cold.TotalMilliseconds:F0} ms ({cold / live:F2})");
    }

    private static EventHub Start(IEventLog log)
    {
        var hub = new EventHub(log, new HubOptions(), TimeProvider.System);
        hub.Start();
        return hub;
    }

    // Each reader's topic gets a hundred events, in rounds, as they would come live.
    private static async Task<(TimeSpan Live, long Before)> LiveAsync(EventHub hub, int topics)
    {
        var crowd = new Crowd(Readers, Behind);
        await AttachAsync(hub, crowd, topics, Cursor.Now);
        await crowd.Level;
        var before = hub.Log.Head;
        var started = Stopwatch.GetTimestamp();
        for (var round = 0; round < Behind; round++)
        {
            await Task.WhenAll(Enumerable.Range(0, topics).Select(t => hub.PublishAsync(new Event([TopicOf(t)], Data)).AsTask()));
        }

        await crowd.Served;
        return (Stopwatch.GetElapsedTime(started), before);
    }

    private static async Task<TimeSpan> StormAsync(EventHub hub, int topics, long before, string what)
    {
        using var over = new CancellationTokenSource();
        var publishing = Task.Run(() => PublishMeanwhileAsync(hub, over.Token));
        var crowd = new Crowd(Readers, Behind);
        var started = Stopwatch.GetTimestamp();
        await AttachAsync(hub, crowd, topics, Cursor.After(HubEventId.Create(hub.Log.Epoch, before)));
        var attached = Stopwatch.GetElapsedTime(started);
        await Task.WhenAll(crowd.Served, crowd.Level);
        var taken = Stopwatch.GetElapsedTime(started);
        await over.CancelAsync();
        var times = await publishing;
        Console.WriteLine(
            $"storm: {what}, {topics:N0} topics: all there after {attached.TotalMilliseconds:F0} ms, all level after {taken.TotalMilliseconds:F0} ms; "
            + $"meanwhile {times.Count} publishes, answered in {Figures.Milliseconds(times)}");
        return taken;
    }

    private static async Task AttachAsync(EventHub hub, Crowd crowd, int topics, Cursor start)
    {
        for (var i = 0; i < crowd.Size; i++)
        {
            var request = new SubscribeRequest { Matchers = MatcherSet.OfTopics(TopicOf(i % topics)), Start = start };
            await hub.AttachAsync(request, new CountingOutlet(crowd), CancellationToken.None);
        }
    }

    private static async Task<List<TimeSpan>> PublishMeanwhileAsync(IHub hub, CancellationToken over)
    {
        var times = new List<TimeSpan>();
        do
        {
            var started = Stopwatch.GetTimestamp();
            await hub.PublishAsync(new Event([Topic.Parse("meanwhile")], Data), CancellationToken.None);
            times.Add(Stopwatch.GetElapsedTime(started));
            await Task.Delay(TimeSpan.FromMilliseconds(1), TimeProvider.System, CancellationToken.None);
        }
        while (!over.IsCancellationRequested);

        return times;
    }

    private static Topic TopicOf(int number) => Topic.Parse($"https://example.com/storm/{number}");
}
