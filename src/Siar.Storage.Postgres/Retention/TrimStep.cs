using Npgsql;
using Siar.Hub;
using Siar.Storage.Postgres.Reading;
using Siar.Storage.Postgres.Writing;
using Siar.Topics;
using Siar.Wire;

namespace Siar.Storage.Postgres.Retention;

/// <summary>One transaction of trimming.</summary>
internal sealed class TrimStep(NpgsqlConnection connection, short log, int most)
{
    private bool _hasHeadLock;

    public DateTimeOffset Now { get; private set; }

    public HeadRow Row { get; private set; } = null!;

    /// <summary>The version of what was trimmed before this step.</summary>
    public long Version { get; private set; }

    public int PlanVersion { get; private set; }

    public List<KeptClass> Classes { get; } = [];

    public List<ClockStep> ClockSteps { get; } = [];

    /// <summary>Topics that may have no event any more.</summary>
    public HashSet<long> Touched { get; } = [];

    /// <summary>Begins, where nobody else is trimming.</summary>
    /// <returns>Whether it has begun.</returns>
    public async Task<bool> BeginAsync(CancellationToken cancellationToken)
    {
        await using var batch = new NpgsqlBatch(connection);
        batch.Add("BEGIN");
        batch.Add(Trimmer.TryLock).With(Trimmer.LockClass).With((int)log);
        batch.Add("SELECT clock_timestamp()");
        batch.Add(HeadRow.Read).With(log);
        batch.Add(TrimMirror.VersionSql).With(log);
        batch.Add(KeptClass.Sql).With(log);
        batch.Add("SELECT position, time FROM siar.clock_step WHERE log = $1 ORDER BY position").With(log);
        bool isOurs;
        await using (var rows = await batch.ExecuteReaderAsync(cancellationToken))
        {
            await rows.ReadAsync(cancellationToken);
            isOurs = rows.GetBoolean(0);
            await rows.NextResultAsync(cancellationToken);
            await rows.ReadAsync(cancellationToken);
            Now = rows.Get<DateTimeOffset>(0);
            await rows.NextResultAsync(cancellationToken);
            Row = await HeadRow.ReadAsync(rows, cancellationToken);
            await rows.NextResultAsync(cancellationToken);
            await rows.ReadAsync(cancellationToken);
            (Version, PlanVersion) = (rows.GetInt64(0), rows.GetInt32(1));
            await rows.NextResultAsync(cancellationToken);
            while (await rows.ReadAsync(cancellationToken)) Classes.Add(KeptClass.Read(rows));
            await rows.NextResultAsync(cancellationToken);
            while (await rows.ReadAsync(cancellationToken)) ClockSteps.Add(new ClockStep(rows.GetInt64(0), rows.Get<DateTimeOffset>(1)));
        }

        if (!isOurs) await EndAsync(cancellationToken);
        return isOurs;
    }

    /// <summary>The oldest events after a position, of all classes.</summary>
    public async Task<List<TrimmedRow>> ReadAsync(long after, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlBatch(connection);
        command.Add(
                """
                SELECT e.position, e.time, e.topic, e.alternates, e.id, e.retained, e.key IS NOT NULL, e.flags,
                  (SELECT t.name FROM siar.topic t WHERE t.id = e.topic),
                  CASE WHEN e.alternates IS NOT NULL THEN
                    (SELECT array_agg(t.name ORDER BY a.n) FROM unnest(e.alternates) WITH ORDINALITY AS a(id, n) JOIN siar.topic t ON t.id = a.id) END
                FROM siar.event e WHERE e.log = $1 AND e.position > $2 ORDER BY e.position LIMIT $3
                """)
            .With(log).With(after).With(most);
        var found = new List<TrimmedRow>();
        await using var rows = await command.ExecuteReaderAsync(cancellationToken);
        while (await rows.ReadAsync(cancellationToken))
        {
            long[] ids = rows.IsNull(3) ? [rows.GetInt64(2)] : [rows.GetInt64(2), .. rows.Get<long[]>(3)];
            Topic[] topics = rows.IsNull(9) ? [Topic.Parse(rows.GetString(8))] : [Topic.Parse(rows.GetString(8)), .. rows.Get<string[]>(9).Select(Topic.Parse)];
            var id = rows.TextOrNull(4) is { } own ? EventId.Parse(own) : default;
            found.Add(new TrimmedRow(
                rows.GetInt64(0), rows.Get<DateTimeOffset>(1), ids, topics, id, rows.GetInt32(5), rows.GetBoolean(6), ((EventFlags)rows.GetInt16(7)).HasFlag(EventFlags.Private)));
        }

        return found;
    }

    /// <summary>Drops events of one class, and notes under each of their topics that they are gone.</summary>
    public async Task DropAsync(IReadOnlyList<TrimmedRow> dropped, string prefix, TrimRecord record, int index, CancellationToken cancellationToken)
    {
        var positions = dropped.Select(d => d.Position).ToArray();
        var keyed = dropped.Where(d => d.HasKey).Select(d => d.Position).ToArray();
        if (keyed.Length > 0) await LockHeadAsync(cancellationToken);
        await using var batch = new NpgsqlBatch(connection);
        var ids = dropped.Where(d => !d.Id.IsNone).ToList();
        batch.Add("DELETE FROM siar.publisher_id p USING unnest($2, $3) AS d(hash, position) WHERE p.log = $1 AND p.hash = d.hash AND p.position = d.position RETURNING p.position")
            .With(log).With(ids.ConvertAll(d => Hash.Of(d.Id.Value)).ToArray()).With(ids.ConvertAll(d => d.Position).ToArray());
        if (keyed.Length > 0)
        {
            batch.Add(
                    """
                    WITH kept AS (
                      INSERT INTO siar.survivor (log, position, time, topic, alternates, flags, id, type, retry, key, size, retained, data, class)
                      SELECT e.log, e.position, e.time, e.topic, e.alternates, e.flags, e.id, e.type, e.retry, e.key, e.size, e.retained, e.data, $3
                      FROM siar.event e JOIN siar.keyed k ON k.log = $1 AND k.position = e.position WHERE e.log = $1 AND e.position = ANY($2) RETURNING retained)
                    UPDATE siar.class_total t SET survivors = t.survivors + s.count, survivor_bytes = t.survivor_bytes + s.bytes
                    FROM (SELECT count(*) AS count, coalesce(sum(retained), 0) AS bytes FROM kept) s WHERE t.log = $1 AND t.class = $3
                    """)
                .With(log).With(keyed).With(prefix);
        }

        var ofTopics = dropped.SelectMany(d => d.Ids.Select(t => (Topic: t, d.Position))).ToList();
        batch.Add("DELETE FROM siar.event WHERE log = $1 AND position = ANY($2)").With(log).With(positions);
        batch.Add("DELETE FROM siar.event_topic x USING unnest($2, $3) AS d(topic, position) WHERE x.log = $1 AND x.topic = d.topic AND x.position = d.position")
            .With(log).With(ofTopics.ConvertAll(t => t.Topic).ToArray()).With(ofTopics.ConvertAll(t => t.Position).ToArray());
        var leading = new HashSet<long>();
        await using (var rows = await batch.ExecuteReaderAsync(cancellationToken))
        {
            while (await rows.ReadAsync(cancellationToken)) leading.Add(rows.GetInt64(0));
        }

        foreach (var row in dropped)
        {
            Touched.UnionWith(row.Ids);
            record.Raise(index, row.Position, row.Topics.Length > 1);
            foreach (var topic in row.Topics) Remember(index, new TrimmedTopic(topic, row.IsPrivate, row.Position, leading.Contains(row.Position) ? row.Id : default), record);
        }
    }

    /// <summary>Lets go of the oldest of what a class keeps for its key alone.</summary>
    public async Task DropKeysAsync(KeptClass kept, RetentionLimits limits, CancellationToken cancellationToken)
    {
        await LockHeadAsync(cancellationToken);
        var (count, bytes) = (0L, 0L);
        var isEmpty = true;
        var positions = new List<long>();
        await using (var command = new NpgsqlBatch(connection))
        {
            // What was read before the lock may have changed: an append takes out what it replaces.
            command.Add("SELECT survivors, survivor_bytes FROM siar.class_total WHERE log = $1 AND class = $2").With(log).With(kept.Class);
            command.Add("SELECT position, retained FROM siar.survivor WHERE log = $1 AND class = $2 ORDER BY position LIMIT $3").With(log).With(kept.Class).With(most);
            await using var rows = await command.ExecuteReaderAsync(cancellationToken);
            if (await rows.ReadAsync(cancellationToken)) (count, bytes) = (rows.GetInt64(0), rows.GetInt64(1));
            await rows.NextResultAsync(cancellationToken);
            while (await rows.ReadAsync(cancellationToken))
            {
                isEmpty = false;
                if (!(count > limits.MaxKeys || bytes > limits.MaxBytes)) break;
                positions.Add(rows.GetInt64(0));
                count--;
                bytes -= rows.GetInt32(1);
            }
        }

        await using var batch = new NpgsqlBatch(connection);
        batch.Add(
                """
                WITH gone AS (DELETE FROM siar.keyed WHERE log = $1 AND position = ANY($2) RETURNING variant)
                DELETE FROM siar.keyed_topic k USING gone WHERE k.log = $1 AND k.variant = gone.variant AND k.position = ANY($2) RETURNING k.topic
                """)
            .With(log).With(positions.ToArray());
        batch.Add("DELETE FROM siar.survivor WHERE log = $1 AND position = ANY($2)").With(log).With(positions.ToArray());

        // What was counted wrongly ends here: where none is left, none is counted.
        if (isEmpty) (count, bytes) = (0, 0);
        batch.Add("UPDATE siar.class_total SET survivors = $3, survivor_bytes = $4 WHERE log = $1 AND class = $2").With(log).With(kept.Class).With(count).With(bytes);
        await using var topics = await batch.ExecuteReaderAsync(cancellationToken);
        while (await topics.ReadAsync(cancellationToken)) Touched.Add(topics.GetInt64(0));
    }

    /// <summary>Writes down what is kept and lost now, and commits.</summary>
    public async Task CommitAsync(KeptClass? kept, TrimMirror mirror, int index, EventAges? ages, CancellationToken cancellationToken)
    {
        await using var batch = new NpgsqlBatch(connection);
        var version = Version + 1;
        if (kept is not null)
        {
            AddTopics(batch, kept.Class, mirror.Record, index, version);
            batch.Add(
                    """
                    UPDATE siar.retention SET trimmed = $3, trimmed_alternate = $4, mark = $5, passed = $6, passed_bytes = $7, floor = $8, alternate_floor = $9
                    WHERE log = $1 AND class = $2
                    """)
                .With(log).With(kept.Class).With(kept.Trimmed).With(kept.TrimmedAlternate).With(kept.Mark).With(kept.Passed).With(kept.PassedBytes)
                .With(mirror.Record[index].Floor).With(mirror.Record[index].AlternateFloor);
            batch.Add("UPDATE siar.trim SET version = $2 WHERE log = $1").With(log).With(version);
        }

        if (ages is not null)
        {
            batch.Add("DELETE FROM siar.clock_step WHERE log = $1").With(log);
            batch.Add("INSERT INTO siar.clock_step (log, position, time) SELECT $1, position, time FROM unnest($2, $3) AS s(position, time)")
                .With(log).With(ages.Steps.Select(s => s.Through).ToArray()).With(ages.Steps.Select(s => s.Time).ToArray());
        }

        batch.Add("COMMIT");
        await batch.ExecuteNonQueryAsync(cancellationToken);
        if (kept is not null) mirror.Set(version);
    }

    /// <summary>Ends without a change.</summary>
    public async Task EndAsync(CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand("ROLLBACK", connection);
        await command.ExecuteNonQueryAsync(cancellationToken);
    }

    private readonly Dictionary<(Topic Topic, bool IsPrivate), TrimmedTopic> _lost = [];

    private void Remember(int index, TrimmedTopic trimmed, TrimRecord record)
    {
        record.Add(index, trimmed);
        _lost[(trimmed.Topic, trimmed.IsPrivate)] = trimmed;
    }

    private void AddTopics(NpgsqlBatch batch, string prefix, TrimRecord record, int index, long version)
    {
        var forgotten = new List<TrimmedTopic>();
        while (record.TryForget(index, out var lowest))
        {
            forgotten.Add(lowest);
            _lost.Remove((lowest.Topic, lowest.IsPrivate));
        }

        if (forgotten.Count > 0)
        {
            batch.Add("DELETE FROM siar.trimmed_topic x USING unnest($3, $4) AS f(hash, private) WHERE x.log = $1 AND x.class = $2 AND x.hash = f.hash AND x.private = f.private")
                .With(log).With(prefix).With(forgotten.ConvertAll(f => Hash.Of(f.Topic.Value)).ToArray()).With(forgotten.ConvertAll(f => f.IsPrivate).ToArray());
        }

        var lost = _lost.Values.ToList();
        if (lost.Count == 0) return;
        batch.Add(
                """
                INSERT INTO siar.trimmed_topic (log, class, version, hash, private, topic, position, id, id_hash)
                SELECT $1, $2, $3, hash, private, topic, position, id, id_hash FROM unnest($4, $5, $6, $7, $8, $9) AS l(hash, private, topic, position, id, id_hash)
                ON CONFLICT (log, class, hash, private) DO UPDATE SET
                  position = excluded.position, id = excluded.id, id_hash = excluded.id_hash, version = excluded.version
                """)
            .With(log).With(prefix).With(version)
            .With(lost.ConvertAll(l => Hash.Of(l.Topic.Value)).ToArray()).With(lost.ConvertAll(l => l.IsPrivate).ToArray())
            .With(lost.ConvertAll(l => l.Topic.Value).ToArray()).With(lost.ConvertAll(l => l.Position).ToArray())
            .With(lost.ConvertAll(l => l.Id.IsNone ? null : l.Id.Value).ToArray())
            .With(lost.ConvertAll(l => l.Id.IsNone ? null : Hash.Of(l.Id.Value)).ToArray());
    }

    private async Task LockHeadAsync(CancellationToken cancellationToken)
    {
        if (_hasHeadLock) return;
        await using var batch = new NpgsqlBatch(connection);
        batch.Add(HeadRow.Lock).With(log);
        await batch.ExecuteNonQueryAsync(cancellationToken);
        _hasHeadLock = true;
    }
}
