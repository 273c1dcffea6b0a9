using Npgsql;

using Siar.Hub;

namespace Siar.Storage.Postgres.Reading;

/// <summary>The statements that read events, within the caller's snapshot. Used by one caller at a time.</summary>
internal sealed class EventQueries(NpgsqlConnection connection, KnownLog log)
{
    // The positions first, from the topics' own index and no more of each than a page takes, then the events: look-ups alone, however long the log is.
    // A page ends with the event by which it comes to its bytes, so that no more of it is read than is given.
    internal const string OfTopicsSql = $"""
        WITH p AS MATERIALIZED (
          SELECT DISTINCT x.position FROM unnest($2, $3) AS w(topic, after)
          CROSS JOIN LATERAL (
            SELECT t.position FROM siar.event_topic t
            WHERE t.log = $1 AND t.topic = w.topic AND t.position > w.after AND t.position <= $4 ORDER BY t.position LIMIT $5) x
          ORDER BY x.position LIMIT $5),
        s AS (SELECT e.*, sum(e.size::bigint) OVER (ORDER BY e.position) - e.size AS before FROM p JOIN siar.event e ON e.log = $1 AND e.position = p.position)
        SELECT {EventRows.Columns} FROM s e WHERE e.before <= $6 ORDER BY e.position
        """;

    private const string AfterSql = $"""
        WITH s AS (
          SELECT e.*, sum(e.size::bigint) OVER (ORDER BY e.position) - e.size AS before
          FROM (SELECT * FROM siar.event WHERE log = $1 AND position > $2 AND position <= $3 ORDER BY position LIMIT $4) e)
        SELECT {EventRows.Columns} FROM s e WHERE e.before <= $5 ORDER BY e.position
        """;

    private const string AtSql = $"""
        SELECT {EventRows.Columns} FROM siar.event e WHERE e.log = $1 AND e.position = ANY($2)
        UNION ALL SELECT {EventRows.Columns} FROM siar.survivor e WHERE e.log = $1 AND e.position = ANY($2)
        ORDER BY position
        """;

    public NpgsqlConnection Connection => connection;

    public short Log => log.Number;

    /// <summary>The next events of topics, each topic's after a position of its own.</summary>
    public EventStatement OfTopics(IEnumerable<(long Topic, long After)> topics, long through, LogQuery query)
    {
        var given = topics.ToList();
        var most = query.MaxEvents + 1;
        return new EventStatement(connection, log.Epochs, OfTopicsSql, most, query.MaxBytes, command => command
            .With(log.Number).With(given.ConvertAll(g => g.Topic).ToArray()).With(given.ConvertAll(g => g.After).ToArray()).With(through).With(most).With((long)query.MaxBytes));
    }

    /// <summary>The next events of all topics.</summary>
    public EventStatement After(long after, long through, int most, long maxBytes) => new(
        connection, log.Epochs, AfterSql, most, maxBytes, command => command.With(log.Number).With(after).With(through).With(most).With(maxBytes));

    /// <summary>The events at some positions, those included that are kept for their key alone.</summary>
    public EventStatement At(long[] positions) =>
        new(connection, log.Epochs, AtSql, int.MaxValue, long.MaxValue, command => command.With(log.Number).With(positions));

    /// <summary>The numbers of topics by hash.</summary>
    public async Task<IReadOnlyCollection<long>> FindTopicsAsync(byte[][] hashes, CancellationToken cancellationToken)
    {
        if (hashes.Length == 0) return [];
        await using var batch = new NpgsqlBatch(connection);
        batch.Add("SELECT id FROM siar.topic WHERE log = $1 AND hash = ANY($2)").With(log.Number).With(hashes);
        var found = new List<long>();
        await using var rows = await batch.ExecuteReaderAsync(cancellationToken);
        while (await rows.ReadAsync(cancellationToken)) found.Add(rows.GetInt64(0));
        return found;
    }
}

/// <summary>A statement whose rows are events.</summary>
internal sealed class EventStatement(
    NpgsqlConnection connection, EpochHistory epochs, string sql, int most, long maxBytes, Action<NpgsqlBatchCommand> parameters)
{
    /// <summary>Runs it.</summary>
    /// <returns>The events, and whether there may be more behind them.</returns>
    public async Task<(List<EventRow> Events, bool IsCut)> ReadAsync(CancellationToken cancellationToken)
    {
        await using var batch = new NpgsqlBatch(connection);
        parameters(batch.Add(sql));
        var events = new List<EventRow>();
        var bytes = 0L;
        await using var rows = await batch.ExecuteReaderAsync(cancellationToken);
        while (await rows.ReadAsync(cancellationToken))
        {
            events.Add(EventRows.Read(rows, epochs));
            bytes += events[^1].Logged.Content.Data.Length;
        }

        return (events, events.Count == most || bytes > maxBytes);
    }
}
