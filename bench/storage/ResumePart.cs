using System.Diagnostics;
using Siar.Hub;
using Siar.Topics;
using Siar.Wire;

namespace Siar.Bench.Storage;

/// <summary>
/// How long a reader that comes back waits for its first event, through the hub, in a history of a million events that no memory of the
/// process holds: the log is opened anew for each kind, and each reader asks for topics that none asked for before.
/// </summary>
internal static class ResumePart
{
    private const int Topics = 100_000;
    private const int Readers = 50;

    public static async Task RunAsync(string folder)
    {
        var path = Path.Combine(folder, "resume.db");
        await using (var log = BigLog.Open(path)) await BigLog.FillAsync(log, Topics);

        await MeasureAsync(path, "one topic among 100,000, from the earliest", n => One(n), _ => Cursor.Earliest);
        await MeasureAsync(path, "one topic among 100,000, from a hub-made id", n => One(n), _ => Cursor.After(EventId.Parse("#hub")));
        await MeasureAsync(path, "one topic among 100,000, from a publisher's id", n => One(n), n => Cursor.After(EventId.Parse($"own-{n * 1_000}")));
        await MeasureAsync(path, "a URL Pattern that matches eleven topics", n => Pattern($"https://example.com/users/{n + 1_000}*/orders"), _ => Cursor.Earliest);
        await MeasureAsync(path, "a URL Pattern that matches one topic", n => Pattern($"https://example.com/users/{n}/:what"), _ => Cursor.Earliest);
        await MeasureAsync(path, "a URL Pattern without a prefix that matches one topic", n => Pattern($"https://*.com/users/{n}/orders"), _ => Cursor.Earliest);
        await MeasureAsync(path, "a URI Template that matches one topic", n => Selector($"https://example.com/users/{n}/{{what}}"), _ => Cursor.Earliest);
        await MeasureAsync(path, "every topic, from a publisher's id", _ => MatcherSet.All, n => Cursor.After(EventId.Parse($"own-{n * 1_000}")));
    }

    private static async Task MeasureAsync(string path, string what, Func<int, MatcherSet> matchers, Func<int, Cursor> start)
    {
        var opening = Stopwatch.GetTimestamp();
        await using var log = BigLog.Open(path);
        var opened = Stopwatch.GetElapsedTime(opening);
        await using var hub = new EventHub(log, new HubOptions(), TimeProvider.System);
        hub.Start();
        var times = new List<TimeSpan>();
        for (var i = 0; i < Readers; i++)
        {
            var cursor = start(i).Id.Value == "#hub" ? Cursor.After(EventId.Parse($"#{log.Epoch}.{i * 10}")) : start(i);
            times.Add(await FirstEventAsync(hub, new SubscribeRequest { Matchers = matchers(i), Start = cursor }));
        }

        var first = times[0];
        Console.WriteLine(
            $"resume: {what}: first event after {Figures.Milliseconds(times)}, the very first reader {first.TotalMilliseconds:F1} ms (opening the log: {opened.TotalMilliseconds:F0} ms)");
    }

    private static async Task<TimeSpan> FirstEventAsync(IHub hub, SubscribeRequest request)
    {
        var started = Stopwatch.GetTimestamp();
        await foreach (var delivery in hub.SubscribeAsync(request))
        {
            if (delivery is Delivery.Published) break;
            if (delivery is Delivery.Live) throw new InvalidOperationException($"Nothing matched {request.Matchers.Matchers[0]}.");
        }

        return Stopwatch.GetElapsedTime(started);
    }

    private static MatcherSet One(int number) => MatcherSet.OfTopics(Topic.Parse(BigLog.TopicOf(number * 7)));

    private static MatcherSet Selector(string selector) => MatcherSet.Of(Matcher.FromSelector(selector));

    private static MatcherSet Pattern(string pattern) =>
        Matcher.TryCreateUrlPattern(pattern, null, out var matcher, out var error) ? MatcherSet.Of(matcher) : throw new FormatException(error);
}
