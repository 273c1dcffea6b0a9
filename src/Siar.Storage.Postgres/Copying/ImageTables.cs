using System.Buffers.Binary;
using Npgsql;
using Siar.Hub;
using Siar.Storage.Postgres.Connections;
using Siar.Storage.Postgres.Retention;
using Siar.Storage.Postgres.Writing;
using Siar.Topics;

namespace Siar.Storage.Postgres.Copying;

/// <summary>Writes an image into the tables as a log of its own, in one transaction.</summary>
internal sealed class ImageTables(NpgsqlConnection connection, ILogImage image, RetentionPlan plan)
{
    private const int AtOnce = 2_000;
    private const int MaxRemembered = 131_072;

    private readonly Dictionary<Topic, long> _topics = [];
    private short _log;
    private DateTimeOffset _newest = DateTimeOffset.UnixEpoch;

    public async Task WriteAsync(string name, CancellationToken cancellationToken)
    {
        var server = await ServerIdentity.ReadAsync(connection, cancellationToken);
        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
        await using (var patience = new NpgsqlCommand("SET LOCAL statement_timeout = 0; SET LOCAL idle_in_transaction_session_timeout = 0", connection)) await patience.ExecuteNonQueryAsync(cancellationToken);
        await BeginAsync(name, server, cancellationToken);
        await WriteCompactedAsync(cancellationToken);
        await WriteEventsAsync(image.ReadEventsAsync(cancellationToken), cancellationToken);
        await WriteKeysAsync(cancellationToken);
        await WriteLossesAsync(cancellationToken);

        // Counts all by the plan, and gives its classes what those of the image have lost.
        await new PlanAdoption(connection, _log, plan).ApplyAsync(cancellationToken);
        await transaction.CommitAsync(cancellationToken);
    }

    private async Task BeginAsync(string name, ServerIdentity server, CancellationToken cancellationToken)
    {
        var epochs = image.Summary.WithNewEpoch();
        await using (var batch = new NpgsqlBatch(connection))
        {
            batch.Add("INSERT INTO siar.log (name, head, epoch, system, timeline, plan) VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT (name) DO NOTHING RETURNING log")
                .With(name).With(image.Summary.Head).With(epochs.Length).With(server.System).With(server.Timeline).With(PlanText.Write(plan));
            _log = await batch.ExecuteScalarAsync(cancellationToken) as short?
                ?? throw new LogUnavailableException(LogState.Unavailable, $"The database has a log '{name}' already: give the copy another name (SIAR_POSTGRES_LOG), or another database.");
        }

        await using var rest = new NpgsqlBatch(connection);
        rest.Add("INSERT INTO siar.epoch (log, ordinal, name, after, through) SELECT $1, ordinal, name, after, through FROM unnest($2, $3, $4, $5) AS e(ordinal, name, after, through)")
            .With(_log).With(Enumerable.Range(1, epochs.Length).ToArray()).With(epochs.Select(e => e.Name.Value).ToArray())
            .With(epochs.Select(e => e.After).ToArray()).With(epochs.Select(e => e.Through).ToArray());
        rest.Add("INSERT INTO siar.trim (log, plan_version) VALUES ($1, 1)").With(_log);
        await rest.ExecuteNonQueryAsync(cancellationToken);
    }

    // As events first, which gives them their topics and keys, then to where nothing but the key keeps them. The class comes with the plan.
    private async Task WriteCompactedAsync(CancellationToken cancellationToken)
    {
        await WriteEventsAsync(image.ReadCompactedEventsAsync(cancellationToken), cancellationToken);
        await using var batch = new NpgsqlBatch(connection);
        batch.Add(
                """
                INSERT INTO siar.survivor (log, position, time, topic, alternates, flags, id, type, retry, key, size, retained, data, class)
                SELECT log, position, time, topic, alternates, flags, id, type, retry, key, size, retained, data, '' FROM siar.event WHERE log = $1
                """)
            .With(_log);
        foreach (var table in new[] { "event", "event_topic", "publisher_id" }) batch.Add($"DELETE FROM siar.{table} WHERE log = $1").With(_log);
        await batch.ExecuteNonQueryAsync(cancellationToken);
    }

    private async Task WriteEventsAsync(IAsyncEnumerable<ImageEvent> events, CancellationToken cancellationToken)
    {
        await foreach (var some in events.Chunk(AtOnce).WithCancellation(cancellationToken))
        {
            await FindTopicsAsync(some.SelectMany(e => e.Event.Content.Topics).Distinct().ToList(), cancellationToken);
            var rows = new BatchRows(_log, _topics);
            foreach (var from in some)
            {
                rows.Add(from);
                if (from.Event.Time > _newest) _newest = from.Event.Time;
            }

            await using var batch = new NpgsqlBatch(connection);
            rows.AddTo(batch, plan);
            await batch.ExecuteNonQueryAsync(cancellationToken);
        }
    }

    private async Task FindTopicsAsync(List<Topic> topics, CancellationToken cancellationToken)
    {
        if (_topics.Count >= MaxRemembered) _topics.Clear();
        var unknown = topics.Where(t => !_topics.ContainsKey(t)).ToList();
        if (unknown.Count == 0) return;
        await using var batch = new NpgsqlBatch(connection);
        batch.Add(TopicRows.Find).With(_log).With(unknown.ConvertAll(t => Hash.Of(t.Value)).ToArray()).With(unknown.ConvertAll(t => t.Value).ToArray());
        await using var rows = await batch.ExecuteReaderAsync(cancellationToken);
        while (await rows.ReadAsync(cancellationToken)) _topics[Topic.Parse(rows.GetString(1))] = rows.GetInt64(0);
    }

    private async Task WriteKeysAsync(CancellationToken cancellationToken)
    {
        await foreach (var keys in image.ReadKeysAsync(cancellationToken).Chunk(AtOnce).WithCancellation(cancellationToken))
        {
            await using var batch = new NpgsqlBatch(connection);
            batch.Add(
                    """
                    INSERT INTO siar.idempotency (log, hash, fingerprint, position, time, expires)
                    SELECT $1, hash, fingerprint, position, time, expires FROM unnest($2, $3, $4, $5, $6) AS k(hash, fingerprint, position, time, expires)
                    """)
                .With(_log)
                .With(Array.ConvertAll(keys, k => k.Scope is null ? k.Hash.ToArray() : Hash.Of(k.Scope, k.Key!)))
                .With(Array.ConvertAll(keys, k => BytesOf(k.Fingerprint))).With(Array.ConvertAll(keys, k => k.Position))
                .With(Array.ConvertAll(keys, k => k.Time)).With(Array.ConvertAll(keys, k => k.Expires));
            await batch.ExecuteNonQueryAsync(cancellationToken);
        }
    }

    private async Task WriteLossesAsync(CancellationToken cancellationToken)
    {
        var (of, closed, lost) = (image.Summary, image.Summary.Closings, image.Summary.TrimmedTopics);
        await using var batch = new NpgsqlBatch(connection);
        batch.Add("UPDATE siar.log SET time = $2 WHERE log = $1").With(_log).With(_newest);
        batch.Add(
                """
                INSERT INTO siar.retention (log, class, trimmed, trimmed_alternate, floor, alternate_floor)
                SELECT $1, class, trimmed, alternate, floor, alternate_floor FROM unnest($2, $3, $4, $5, $6) AS r(class, trimmed, alternate, floor, alternate_floor)
                """)
            .With(_log).With(of.Classes.Select(c => c.Prefix).ToArray()).With(of.Classes.Select(c => c.Trimmed).ToArray()).With(of.Classes.Select(c => c.TrimmedAlternate).ToArray())
            .With(of.Classes.Select(c => c.Floor).ToArray()).With(of.Classes.Select(c => c.AlternateFloor).ToArray());
        batch.Add(
                """
                INSERT INTO siar.trimmed_topic (log, class, version, hash, private, topic, position, id, id_hash)
                SELECT $1, class, 0, hash, private, topic, position, id, id_hash FROM unnest($2, $3, $4, $5, $6, $7, $8) AS l(class, hash, private, topic, position, id, id_hash)
                """)
            .With(_log).With(lost.Select(l => l.Prefix).ToArray()).With(lost.Select(l => Hash.Of(l.Topic.Topic.Value)).ToArray()).With(lost.Select(l => l.Topic.IsPrivate).ToArray())
            .With(lost.Select(l => l.Topic.Topic.Value).ToArray()).With(lost.Select(l => l.Topic.Position).ToArray())
            .With(lost.Select(l => l.Topic.Id.IsNone ? null : l.Topic.Id.Value).ToArray()).With(lost.Select(l => l.Topic.Id.IsNone ? null : Hash.Of(l.Topic.Id.Value)).ToArray());
        batch.Add(
                """
                INSERT INTO siar.closing (log, hash, topic, position, time, private)
                SELECT $1, hash, topic, position, time, private FROM unnest($2, $3, $4, $5, $6) AS c(hash, topic, position, time, private) ON CONFLICT (log, hash) DO NOTHING
                """)
            .With(_log).With(closed.Select(c => Hash.Of(c.Topic.Value)).ToArray()).With(closed.Select(c => c.Topic.Value).ToArray())
            .With(closed.Select(c => c.Closing.Position).ToArray()).With(closed.Select(c => c.Closing.Time).ToArray()).With(closed.Select(c => c.Closing.IsPrivate).ToArray());
        batch.Add("INSERT INTO siar.clock_step (log, position, time) SELECT $1, position, time FROM unnest($2, $3) AS s(position, time)")
            .With(_log).With(of.ClockSteps.Select(s => s.Through).ToArray()).With(of.ClockSteps.Select(s => s.Time).ToArray());
        await batch.ExecuteNonQueryAsync(cancellationToken);
    }

    private static byte[] BytesOf(UInt128 fingerprint)
    {
        var bytes = new byte[16];
        BinaryPrimitives.WriteUInt128BigEndian(bytes, fingerprint);
        return bytes;
    }
}
