using System.Collections.Immutable;
using Npgsql;
using Siar.Hub;
using Siar.Wire;

namespace Siar.Storage.Postgres.Outbox;

/// <summary>An event that an application has published in its own transaction, on its way into the log.</summary>
/// <param name="Seq">Its number in the outbox.</param>
/// <param name="Topic">Its canonical topic, as it stands there.</param>
/// <param name="Append">What is to be appended; null where it is no event that there may be.</param>
/// <param name="Error">Why it is none.</param>
internal sealed record OutboxRow(long Seq, string Topic, Append? Append, string? Error)
{
    /// <summary>Whether there is one that is committed.</summary>
    public const string Any = "SELECT EXISTS (SELECT FROM siar.outbox WHERE log = $1 ORDER BY seq LIMIT 1)";

    /// <summary>The oldest events that are committed. Rows that another transaction is taking are left to it.</summary>
    public const string Take = """
        SELECT seq, topics, data, id, type, retry, private, key, idempotency_key, role FROM siar.outbox WHERE log = $1 ORDER BY seq LIMIT $2 FOR UPDATE SKIP LOCKED
        """;

    /// <summary>How long the key of an application's publish is known.</summary>
    private static readonly TimeSpan KeyLifetime = TimeSpan.FromHours(24);

    public static async Task<List<OutboxRow>> ReadAsync(NpgsqlDataReader rows)
    {
        var found = new List<OutboxRow>();
        while (await rows.ReadAsync()) found.Add(Read(rows));
        return found;
    }

    /// <summary>Adds the statements that take the rows out of the outbox, and keep those that were refused.</summary>
    public static void AddTo(NpgsqlBatch pipeline, IReadOnlyList<OutboxRow> moved, IReadOnlyList<RefusedEvent> refused)
    {
        if (refused.Count > 0)
        {
            pipeline.Add(
                    """
                    INSERT INTO siar.outbox_refused (seq, log, topics, data, id, type, retry, private, key, idempotency_key, role, time, reason)
                    SELECT o.seq, o.log, o.topics, o.data, o.id, o.type, o.retry, o.private, o.key, o.idempotency_key, o.role, o.time, r.reason
                    FROM siar.outbox o JOIN unnest($1, $2) AS r(seq, reason) ON o.seq = r.seq
                    """)
                .With(refused.Select(r => r.Seq).ToArray()).With(refused.Select(r => r.Reason).ToArray());
        }

        pipeline.Add("DELETE FROM siar.outbox WHERE seq = ANY($1)").With(moved.Select(m => m.Seq).ToArray());
    }

    /// <summary>Which of the rows the log does not take, and why.</summary>
    /// <param name="moved">The rows.</param>
    /// <param name="results">What became of those that are events, in the same order.</param>
    public static IEnumerable<RefusedEvent> Refused(IReadOnlyList<OutboxRow> moved, IReadOnlyList<Appended> results)
    {
        var next = 0;
        foreach (var row in moved)
        {
            if (row.Append is null) yield return new RefusedEvent(row.Seq, row.Topic, row.Error!);
            else if (results[next++].Refusal is { } refusal) yield return new RefusedEvent(row.Seq, row.Topic, new PublishRefusedException(refusal).Message);
        }
    }

    private static OutboxRow Read(NpgsqlDataReader row)
    {
        var seq = row.GetInt64(0);
        var topics = row.Get<string[]>(1);
        try
        {
            var content = new Event([.. topics.Select(Siar.Topics.Topic.Parse)], row.Get<byte[]>(2))
            {
                Id = row.TextOrNull(3) is { } id ? EventId.Parse(id) : default,
                Type = row.TextOrNull(4) is { } type ? EventType.Parse(type) : default,
                RetryMilliseconds = row.IsNull(5) ? null : row.GetInt32(5),
                IsPrivate = row.GetBoolean(6),
                Key = row.TextOrNull(7),
            };
            ImmutableArray<Event> events = [content];
            var key = row.TextOrNull(8) is { } named ? new IdempotencyKey($"role:{row.GetString(9)}", named, EventFingerprint.Of(events), KeyLifetime) : (IdempotencyKey?)null;
            return new OutboxRow(seq, topics[0], new Append(events) { Idempotency = key }, null);
        }
        catch (Exception failure) when (failure is FormatException or ArgumentException)
        {
            // Somebody has written to the table past siar.publish.
            return new OutboxRow(seq, topics.FirstOrDefault(""), null, failure.Message);
        }
    }
}

/// <summary>An event of the outbox that the log did not take: it stands in the table <c>siar.outbox_refused</c>.</summary>
/// <param name="Seq">Its number there.</param>
/// <param name="Topic">Its canonical topic.</param>
/// <param name="Reason">Why, in a sentence.</param>
public sealed record RefusedEvent(long Seq, string Topic, string Reason);
