using System.Diagnostics;
using System.Globalization;
using Siar.Hub;
using Siar.Topics;

namespace Siar.Bench.Postgres;

/// <summary>Events a second that 64 publishers have acknowledged, each with one on its way: through one hub, and through three.</summary>
internal static class AppendPart
{
    private const int Publishers = 64;
    private const int Rounds = 3;
    private static readonly TimeSpan Time = TimeSpan.FromSeconds(4);

    public static async Task<IReadOnlyList<string>> RunAsync(BenchDatabase database)
    {
        var hubs = new List<EventHub>();
        for (var i = 0; i < 3; i++) hubs.Add(await database.OpenHubAsync());
        await MeasureAsync(hubs[..1]);
        var one = new List<double>();
        var three = new List<double>();
        for (var round = 0; round < Rounds; round++)
        {
            one.Add(await MeasureAsync(hubs[..1]));
            three.Add(await MeasureAsync(hubs));
        }

        var ratios = one.Select((o, i) => three[i] / o).Order().ToList();
        one.Sort();
        three.Sort();
        return
        [
            string.Create(CultureInfo.InvariantCulture, $"one hub, {Publishers} publishers: {one[Rounds / 2]:F0} events/s"),
            string.Create(CultureInfo.InvariantCulture, $"three hubs, {Publishers} publishers each: {three[Rounds / 2]:F0} events/s, ratio {ratios[Rounds / 2]:F2}"),
        ];
    }

    private static async Task<double> MeasureAsync(IReadOnlyList<EventHub> hubs)
    {
        var data = new string('x', 100);
        var began = Stopwatch.GetTimestamp();
        var counts = await Task.WhenAll(hubs.SelectMany(hub => Enumerable.Range(0, Publishers).Select(p => Task.Run(async () =>
        {
            var topic = Topic.Parse($"t{p}");
            var count = 0;
            for (; Stopwatch.GetElapsedTime(began) < Time; count++) await hub.PublishAsync(new Event(topic, data));
            return count;
        }))));
        return counts.Sum() / Stopwatch.GetElapsedTime(began).TotalSeconds;
    }
}
