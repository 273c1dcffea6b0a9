using System.Diagnostics;
using Siar.Hub;
using Siar.Topics;

namespace Siar.Bench.Postgres;

/// <summary>How long a reader that comes back in the middle of a million events waits for its first one, and what the log takes on the disk.</summary>
internal static class ResumePart
{
    private const int Events = 1_000_000;
    private const int Topics = 10_000;
    private const int Times = 30;

    public static async Task<IReadOnlyList<string>> RunAsync(BenchDatabase database)
    {
        await (await database.OpenHubAsync()).DisposeAsync();
        await database.ExecuteAsync(
            $"""
            INSERT INTO siar.topic (log, hash, name) SELECT 1, substr(sha256(convert_to('t' || n, 'UTF8')), 1, 16), 't' || n FROM generate_series(1, {Topics}) n;
            INSERT INTO siar.event (log, position, time, topic, flags, size, retained, data)
            SELECT 1, n, now(), 1 + n % {Topics}, 0, 100, 105, convert_to(rpad(n::text, 100, 'x'), 'UTF8') FROM generate_series(1, {Events}) n;
            INSERT INTO siar.event_topic (log, topic, position) SELECT log, topic, position FROM siar.event;
            UPDATE siar.log SET head = {Events};
            """);
        await database.ExecuteAsync("VACUUM ANALYZE");
        var figures = new List<string>
        {
            $"the log on the disk: {await database.ReadAsync<long>("SELECT (pg_total_relation_size('siar.event') + pg_total_relation_size('siar.event_topic')) / 1048576"):N0} MiB for {Events:N0} events of 100 bytes",
        };
        var hub = await database.OpenHubAsync();
        var named = await database.ReadAsync<string>("SELECT name FROM siar.epoch WHERE through IS NULL");
        var epoch = Epoch.TryParse(named, out var parsed) ? parsed : throw new InvalidDataException($"'{named}' is no epoch.");
        foreach (var count in new[] { 1, 100 })
        {
            var matchers = MatcherSet.OfTopics(Enumerable.Range(1, count).Select(i => Topic.Parse($"t{i * 7}")));
            var waits = new List<double>();
            for (var i = 0; i < Times; i++)
            {
                var cursor = Cursor.After(HubEventId.Create(epoch, (Events / 2) + (i * 1_000)));
                var began = Stopwatch.GetTimestamp();
                using var stop = new CancellationTokenSource();
                await foreach (var delivery in hub.SubscribeAsync(new SubscribeRequest { Matchers = matchers, Start = cursor }, stop.Token))
                {
                    if (delivery is not Delivery.Published) continue;
                    waits.Add(BenchDatabase.Since(began));
                    break;
                }
            }

            figures.Add($"first event of a resume, {count} of {Topics:N0} topics: first time {waits[0]:F1} ms, then {BenchDatabase.Describe(waits[1..])}");
        }

        return figures;
    }
}
