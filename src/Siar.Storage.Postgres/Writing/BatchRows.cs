using System.Buffers.Binary;
using System.Text;
using Npgsql;
using Siar.Hub;
using Siar.Storage.Postgres.Reading;
using Siar.Topics;

namespace Siar.Storage.Postgres.Writing;

/// <summary>The rows of one batch, table by table, and the statements that write them: one for each table, whatever the number of events.</summary>
/// <param name="log">The log's number.</param>
/// <param name="topics">The numbers of the batch's topics.</param>
internal sealed class BatchRows(short log, IReadOnlyDictionary<Topic, long> topics)
{
    private readonly List<LoggedEvent> _events = [];
    private readonly HashSet<long> _notFoundById = [];
    private readonly List<(byte[] Hash, IdempotencyKey Key, long Position)> _keys = [];

    /// <summary>Adds what one publisher wants appended.</summary>
    public void Add(Append append, IReadOnlyList<LoggedEvent> events)
    {
        _events.AddRange(events);
        if (append.Idempotency is { } key) _keys.Add((AppendState.HashOf(key), key, events[0].Position));
    }

    /// <summary>Adds an event that comes from another log.</summary>
    public void Add(ImageEvent from)
    {
        _events.Add(from.Event);
        if (!from.IsFoundById) _notFoundById.Add(from.Event.Position);
    }

    /// <summary>Adds the statements to the pipeline of a commit.</summary>
    /// <param name="batch">The pipeline.</param>
    /// <param name="plan">Says which class an event is of.</param>
    public void AddTo(NpgsqlBatch batch, RetentionPlan plan)
    {
        AddEvents(batch);
        AddTopics(batch);
        AddIds(batch);
        AddKeys(batch);
        AddClosings(batch);
        AddKeyed(batch);
        AddTotals(batch, plan);
    }

    private void AddEvents(NpgsqlBatch batch)
    {
        var flags = new short[_events.Count];
        var data = new byte[_events.Count][];
        for (var i = 0; i < data.Length; i++)
        {
            var content = _events[i].Content;
            flags[i] = (short)((content.IsPrivate ? EventFlags.Private : EventFlags.None) | (content.IsClosing ? EventFlags.Closing : EventFlags.None) | (content.IsPresencePause ? EventFlags.PresencePause : EventFlags.None) | (content.IsMemberFact ? EventFlags.MemberFact : EventFlags.None));
            data[i] = content.Data.ToArray();
        }

        batch.Add(
                """
                INSERT INTO siar.event (log, position, time, topic, alternates, flags, id, type, retry, key, size, retained, data)
                SELECT $1, position, time, topic, string_to_array(alternates, ',')::bigint[], flags, id, type, retry, key, size, retained, data
                FROM unnest($2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13) AS e(time, position, topic, alternates, flags, id, type, retry, key, size, retained, data)
                """)
            .With(log).With(Column(e => e.Time))
            .With(Column(e => e.Position))
            .With(Column(e => topics[e.Content.Topics[0]]))
            .With(Column(AlternatesOf))
            .With(flags)
            .With(Column(e => e.Content.Id.IsNone ? null : e.Content.Id.Value))
            .With(Column(e => e.Content.Type.IsNone ? null : e.Content.Type.Value))
            .With(Column(e => e.Content.RetryMilliseconds))
            .With(Column(e => e.Content.Key is null ? null : Encoding.UTF8.GetBytes(e.Content.Key)))
            .With(Column(e => e.Content.Data.Length))
            .With(Column(e => (int)Math.Min(e.Content.RetainedBytes, int.MaxValue)))
            .With(data);
    }

    private void AddTopics(NpgsqlBatch batch)
    {
        var rows = _events.SelectMany(e => e.Content.Topics.Select(t => (Topic: topics[t], e.Position))).ToList();
        batch.Add("INSERT INTO siar.event_topic (log, topic, position) SELECT $1, topic, position FROM unnest($2, $3) AS t(topic, position)")
            .With(log).With(rows.ConvertAll(r => r.Topic).ToArray()).With(rows.ConvertAll(r => r.Position).ToArray());
    }

    // Spec (Mercure): of several events with one id a cursor means the earliest.
    private void AddIds(NpgsqlBatch batch)
    {
        var rows = _events.Where(e => !e.Content.Id.IsNone && !_notFoundById.Contains(e.Position)).ToList();
        if (rows.Count == 0) return;
        batch.Add(
                """
                INSERT INTO siar.publisher_id (log, hash, position) SELECT $1, hash, position FROM unnest($2, $3) AS i(hash, position) ORDER BY position
                ON CONFLICT DO NOTHING
                """)
            .With(log).With(rows.ConvertAll(r => Hash.Of(r.Content.Id.Value)).ToArray()).With(rows.ConvertAll(r => r.Position).ToArray());
    }

    private void AddKeys(NpgsqlBatch batch)
    {
        if (_keys.Count == 0) return;
        var time = _events[0].Time;
        batch.Add(
                """
                INSERT INTO siar.idempotency (log, hash, fingerprint, position, time, expires)
                SELECT $1, hash, fingerprint, position, $2, expires FROM unnest($3, $4, $5, $6) AS k(hash, fingerprint, position, expires)
                ON CONFLICT (log, hash) DO UPDATE SET
                  fingerprint = excluded.fingerprint, position = excluded.position, time = excluded.time, expires = excluded.expires
                """)
            .With(log).With(time)
            .With(_keys.ConvertAll(k => k.Hash).ToArray())
            .With(_keys.ConvertAll(k => Bytes(k.Key.Fingerprint)).ToArray())
            .With(_keys.ConvertAll(k => k.Position).ToArray())
            .With(_keys.ConvertAll(k => time + k.Key.KeepFor).ToArray());
    }

    private void AddClosings(NpgsqlBatch batch)
    {
        foreach (var logged in _events.Where(e => e.Content.IsClosing))
        {
            batch.Add(
                    """
                    INSERT INTO siar.closing (log, hash, topic, position, time, private) VALUES ($1, $2, $3, $4, $5, $6)
                    ON CONFLICT (log, hash) DO UPDATE SET position = excluded.position, time = excluded.time, private = excluded.private
                    """)
                .With(log).With(Hash.Of(logged.Content.Topics[0].Value)).With(logged.Content.Topics[0].Value).With(logged.Position).With(logged.Time).With(logged.Content.IsPrivate);
        }
    }

    // The newest of each variant takes the place of the one before, and of what was kept of that for its key alone.
    private void AddKeyed(NpgsqlBatch batch)
    {
        var rows = _events.Where(e => e.Content.Key is not null).Select(e => (Logged: e, Variant: VariantOf(e)))
            .GroupBy(r => Convert.ToHexString(r.Variant)).Select(g => g.Last()).OrderBy(r => r.Logged.Position).ToList();
        if (rows.Count == 0) return;
        var variants = rows.ConvertAll(r => r.Variant).ToArray();
        batch.Add(
                """
                WITH gone AS (
                  DELETE FROM siar.survivor s USING siar.keyed k
                  WHERE k.log = $1 AND k.variant = ANY($2) AND s.log = $1 AND s.position = k.position RETURNING s.class, s.retained),
                sums AS (SELECT class, count(*) AS count, sum(retained) AS bytes FROM gone GROUP BY class)
                UPDATE siar.class_total t SET survivors = t.survivors - sums.count, survivor_bytes = t.survivor_bytes - sums.bytes
                FROM sums WHERE t.log = $1 AND t.class = sums.class
                """)
            .With(log).With(variants);
        batch.Add(
                """
                INSERT INTO siar.keyed (log, variant, name, position) SELECT $1, variant, name, position FROM unnest($2, $3, $4) AS k(variant, name, position)
                ON CONFLICT (log, variant) DO UPDATE SET position = excluded.position
                """)
            .With(log).With(variants).With(rows.ConvertAll(r => NameOf(r.Logged)).ToArray()).With(rows.ConvertAll(r => r.Logged.Position).ToArray());
        var ofTopics = rows.SelectMany(r => r.Logged.Content.Topics.Select(t => (Topic: topics[t], r.Variant, r.Logged.Position))).ToList();
        batch.Add(
                """
                INSERT INTO siar.keyed_topic (log, topic, variant, position) SELECT $1, topic, variant, position FROM unnest($2, $3, $4) AS k(topic, variant, position)
                ON CONFLICT (log, topic, variant) DO UPDATE SET position = excluded.position
                """)
            .With(log).With(ofTopics.ConvertAll(r => r.Topic).ToArray()).With(ofTopics.ConvertAll(r => r.Variant).ToArray()).With(ofTopics.ConvertAll(r => r.Position).ToArray());
    }

    private void AddTotals(NpgsqlBatch batch, RetentionPlan plan)
    {
        var totals = _events.GroupBy(e => plan.Classes[plan.IndexOf(e.Content.Topics[0])].Prefix)
            .Select(g => (Class: g.Key, Count: (long)g.Count(), Bytes: g.Sum(e => e.Content.RetainedBytes))).ToList();
        batch.Add(
                """
                INSERT INTO siar.class_total AS t (log, class, count, bytes) SELECT $1, class, count, bytes FROM unnest($2, $3, $4) AS a(class, count, bytes)
                ON CONFLICT (log, class) DO UPDATE SET count = t.count + excluded.count, bytes = t.bytes + excluded.bytes
                """)
            .With(log).With(totals.ConvertAll(t => t.Class).ToArray()).With(totals.ConvertAll(t => t.Count).ToArray()).With(totals.ConvertAll(t => t.Bytes).ToArray());
    }

    private T[] Column<T>(Func<LoggedEvent, T> of)
    {
        var column = new T[_events.Count];
        for (var i = 0; i < column.Length; i++) column[i] = of(_events[i]);
        return column;
    }

    private string? AlternatesOf(LoggedEvent logged) =>
        logged.Content.Topics.Length == 1 ? null : string.Join(',', logged.Content.Topics.Skip(1).Select(t => topics[t]));

    private static byte[] NameOf(LoggedEvent logged) => Hash.Of(logged.Content.Topics[0].Value, logged.Content.Key!);

    private static byte[] VariantOf(LoggedEvent logged) =>
        Hash.Of([.. logged.Content.Topics.Select(t => t.Value), logged.Content.Key!, logged.Content.IsPrivate ? "private" : ""]);

    private static byte[] Bytes(UInt128 fingerprint)
    {
        var bytes = new byte[16];
        BinaryPrimitives.WriteUInt128BigEndian(bytes, fingerprint);
        return bytes;
    }
}
