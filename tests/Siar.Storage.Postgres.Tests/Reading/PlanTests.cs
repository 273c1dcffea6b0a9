using Npgsql;
using Siar.Hub;
using Siar.Storage.Postgres.Reading;
using Siar.Storage.Postgres.Tests.Shared;
using Siar.Topics;

namespace Siar.Storage.Postgres.Tests.Reading;

/// <summary>What pages cost in a long log: look-ups, whatever its length.</summary>
public sealed class PlanTests
{
    [Fact]
    public async Task A_page_for_many_topics_of_a_long_log_takes_look_ups_alone()
    {
        var connection = await Databases.MakeAsync();
        await using var log = await TwoHubs.OpenAsync(connection);
        await Databases.ExecuteAsync(
            connection,
            """
            INSERT INTO siar.topic (log, hash, name) SELECT 1, substr(sha256(convert_to('t' || n, 'UTF8')), 1, 16), 't' || n FROM generate_series(1, 2000) n;
            INSERT INTO siar.event (log, position, time, topic, flags, size, retained, data)
            SELECT 1, n, now(), 1 + n % 2000, 0, 100, 105, convert_to(rpad(n::text, 100, 'x'), 'UTF8') FROM generate_series(1, 100000) n;
            INSERT INTO siar.event_topic (log, topic, position) SELECT log, topic, position FROM siar.event;
            UPDATE siar.log SET head = 100000;
            ANALYZE siar.event; ANALYZE siar.event_topic; ANALYZE siar.topic;
            """);
        await log.MaintainAsync();
        var topics = Enumerable.Range(1, 100).Select(i => $"t{i * 7}").ToArray();
        var page = await log.ReadAsync(new LogQuery(50_000, MatcherSet.OfTopics(topics.Select(Topic.Parse)), 256, 1 << 20));
        page.Events.Length.ShouldBe(256);
        page.Events.Select(e => e.Position).ShouldBe(page.Events.Select(e => e.Position).Order());

        var plan = await ExplainAsync(connection);
        plan.ShouldNotContain("Seq Scan on event");
        plan.ShouldContain("event_topic_pkey");
        plan.ShouldContain("event_pkey");
    }

    private static async Task<string> ExplainAsync(string connection)
    {
        await using var source = NpgsqlDataSource.Create(connection);
        await using var command = source.CreateCommand("EXPLAIN " + EventQueries.OfTopicsSql);
        command.Parameters.Add(new NpgsqlParameter<short> { TypedValue = 1 });
        command.Parameters.Add(new NpgsqlParameter<long[]> { TypedValue = [.. Enumerable.Range(1, 100).Select(i => i * 7L)] });
        command.Parameters.Add(new NpgsqlParameter<long[]> { TypedValue = [.. Enumerable.Range(1, 100).Select(_ => 50_000L)] });
        command.Parameters.Add(new NpgsqlParameter<long> { TypedValue = 100_000 });
        command.Parameters.Add(new NpgsqlParameter<int> { TypedValue = 257 });
        command.Parameters.Add(new NpgsqlParameter<long> { TypedValue = 1 << 20 });
        var lines = new List<string>();
        await using var rows = await command.ExecuteReaderAsync();
        while (await rows.ReadAsync()) lines.Add(rows.GetString(0));
        return string.Join('\n', lines);
    }
}
