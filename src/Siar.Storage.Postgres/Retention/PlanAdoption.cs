using Npgsql;
using Siar.Hub;
using Siar.Storage.Postgres.Writing;
using Siar.Topics;
using Siar.Wire;

namespace Siar.Storage.Postgres.Retention;

/// <summary>
/// Gives a log another retention plan, within a transaction of its own that nobody appends or trims besides: a class that was not there takes over what
/// its topics have lost, and all that is kept is counted by the new classes.
/// </summary>
internal sealed class PlanAdoption(NpgsqlConnection connection, short log, RetentionPlan plan)
{
    // The class of an event by its canonical topic: the longest prefix wins.
    private const string ClassOf = "(SELECT p.class FROM unnest($2) AS p(class) WHERE starts_with(t.name, p.class) ORDER BY length(p.class) DESC LIMIT 1)";

    /// <summary>Writes down the classes of a log that is new, within the caller's transaction.</summary>
    public async Task BeginAsync(CancellationToken cancellationToken)
    {
        await using var batch = new NpgsqlBatch(connection);
        batch.Add("INSERT INTO siar.trim (log, plan_version) VALUES ($1, 1)").With(log);
        batch.Add("INSERT INTO siar.retention (log, class) SELECT $1, class FROM unnest($2) AS c(class)").With(log).With(Prefixes);
        await batch.ExecuteNonQueryAsync(cancellationToken);
    }

    /// <summary>Takes the place of the plan that stands in the log.</summary>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
        await using (var locks = new NpgsqlBatch(connection))
        {
            locks.Add("SET LOCAL lock_timeout = 0");
            locks.Add("SET LOCAL statement_timeout = 0");
            locks.Add("SELECT pg_advisory_xact_lock($1, $2)").With(Trimmer.LockClass).With((int)log);
            locks.Add(HeadRow.Lock).With(log);
            await locks.ExecuteNonQueryAsync(cancellationToken);
        }

        await ApplyAsync(cancellationToken);
        await transaction.CommitAsync(cancellationToken);
    }

    /// <summary>Does so within the caller's transaction, which has the locks.</summary>
    public async Task ApplyAsync(CancellationToken cancellationToken)
    {
        var stored = await ReadClassesAsync(cancellationToken);
        var record = await ReadRecordAsync(stored, cancellationToken);
        await using var batch = new NpgsqlBatch(connection);
        batch.Add("UPDATE siar.log SET plan = $2, plan_version = plan_version + 1 WHERE log = $1").With(log).With(PlanText.Write(plan));
        batch.Add("UPDATE siar.trim SET version = version + 1, plan_version = plan_version + 1 WHERE log = $1").With(log);
        batch.Add("DELETE FROM siar.retention WHERE log = $1").With(log);
        for (var i = 0; i < plan.Classes.Length; i++)
        {
            batch.Add("INSERT INTO siar.retention (log, class, trimmed, trimmed_alternate, mark, floor, alternate_floor) VALUES ($1, $2, $3, $4, $5, $6, $7)")
                .With(log).With(plan.Classes[i].Prefix).With(record[i].Position).With(record[i].AlternatePosition).With(Inherit(plan.Classes[i].Prefix, stored).Mark)
                .With(record[i].Floor).With(record[i].AlternateFloor);
        }

        AddTopics(batch, record);
        batch.Add($"UPDATE siar.survivor s SET class = {ClassOf} FROM siar.topic t WHERE s.log = $1 AND t.id = s.topic").With(log).With(Prefixes);
        batch.Add("DELETE FROM siar.class_total WHERE log = $1").With(log);
        batch.Add(
                $"""
                WITH kept AS (
                  SELECT {ClassOf} AS class, e.position, e.retained FROM siar.event e JOIN siar.topic t ON t.id = e.topic WHERE e.log = $1),
                counted AS (
                  SELECT k.class, count(*) AS count, sum(k.retained) AS bytes FROM kept k JOIN siar.retention r ON r.log = $1 AND r.class = k.class
                  WHERE k.position > r.mark GROUP BY k.class),
                keys AS (SELECT class, count(*) AS count, sum(retained) AS bytes FROM siar.survivor WHERE log = $1 GROUP BY class)
                INSERT INTO siar.class_total (log, class, count, bytes, survivors, survivor_bytes)
                SELECT $1, p.class, coalesce(c.count, 0), coalesce(c.bytes, 0), coalesce(k.count, 0), coalesce(k.bytes, 0)
                FROM unnest($2) AS p(class) LEFT JOIN counted c ON c.class = p.class LEFT JOIN keys k ON k.class = p.class
                """)
            .With(log).With(Prefixes);
        await batch.ExecuteNonQueryAsync(cancellationToken);
    }

    private string[] Prefixes => [.. plan.Classes.Select(c => c.Prefix)];

    private async Task<List<StoredClass>> ReadClassesAsync(CancellationToken cancellationToken)
    {
        await using var batch = new NpgsqlBatch(connection);
        batch.Add("SELECT class, trimmed, trimmed_alternate, mark, floor, alternate_floor FROM siar.retention WHERE log = $1").With(log);
        var stored = new List<StoredClass>();
        await using var rows = await batch.ExecuteReaderAsync(cancellationToken);
        while (await rows.ReadAsync(cancellationToken))
            stored.Add(new StoredClass(rows.GetString(0), rows.GetInt64(1), rows.GetInt64(2), rows.GetInt64(3), rows.GetInt64(4), rows.GetInt64(5)));
        return stored;
    }

    // A class that was not there has lost what the class of its topics, and those below it, have lost; it looks again at all they kept.
    private static StoredClass Inherit(string prefix, List<StoredClass> stored)
    {
        if (stored.Find(s => s.Class == prefix) is { } same && stored.TrueForAll(s => s.Class == prefix || !s.Class.StartsWith(prefix, StringComparison.Ordinal))) return same;
        var above = stored.Where(s => prefix.StartsWith(s.Class, StringComparison.Ordinal)).MaxBy(s => s.Class.Length)?.Class;
        var sources = stored.Where(s => s.Class == above || s.Class.StartsWith(prefix, StringComparison.Ordinal)).ToList();
        if (sources.Count == 0) return new StoredClass(prefix, 0, 0, 0, 0, 0);

        // What was an alternate of a class that is no more is now a topic of this one, and the other way round.
        var floor = sources.Max(s => Math.Max(s.Floor, s.AlternateFloor));
        return new StoredClass(prefix, sources.Max(s => s.Trimmed), sources.Max(s => s.TrimmedAlternate), sources.Min(s => s.Mark), floor, floor);
    }

    // Where the classes are others than they were, a topic belongs to the class that has it now: any that has lost as much will do.
    private async Task<TrimRecord> ReadRecordAsync(List<StoredClass> stored, CancellationToken cancellationToken)
    {
        var record = new TrimRecord(plan);
        for (var i = 0; i < plan.Classes.Length; i++)
        {
            var kept = Inherit(plan.Classes[i].Prefix, stored);
            record.Raise(i, kept.Trimmed, hasAlternates: false);
            record.Raise(i, kept.TrimmedAlternate, hasAlternates: true);
            record.RaiseFloor(i, kept.Floor, kept.AlternateFloor);
        }

        await using var batch = new NpgsqlBatch(connection);
        batch.Add("SELECT class, topic, private, position, id FROM siar.trimmed_topic WHERE log = $1 ORDER BY position").With(log);
        await using var rows = await batch.ExecuteReaderAsync(cancellationToken);
        while (await rows.ReadAsync(cancellationToken))
        {
            var topic = Topic.Parse(rows.GetString(1));
            var index = plan.IndexOf(rows.GetString(0));
            if (index < 0) index = plan.IndexOf(topic);
            record.Raise(index, rows.GetInt64(3), hasAlternates: plan.IndexOf(topic) != index);
            record.Add(index, new TrimmedTopic(topic, rows.GetBoolean(2), rows.GetInt64(3), rows.TextOrNull(4) is { } id ? EventId.Parse(id) : default));
        }

        for (var i = 0; i < plan.Classes.Length; i++)
        {
            while (record.TryForget(i, out _))
            {
            }
        }

        return record;
    }

    private void AddTopics(NpgsqlBatch batch, TrimRecord record)
    {
        batch.Add("DELETE FROM siar.trimmed_topic WHERE log = $1").With(log);
        for (var i = 0; i < plan.Classes.Length; i++)
        {
            var topics = record.Topics(i).ToList();
            batch.Add(
                    """
                    INSERT INTO siar.trimmed_topic (log, class, version, hash, private, topic, position, id, id_hash)
                    SELECT $1, $2, (SELECT version FROM siar.trim WHERE log = $1), hash, private, topic, position, id, id_hash
                    FROM unnest($3, $4, $5, $6, $7, $8) AS l(hash, private, topic, position, id, id_hash)
                    """)
                .With(log).With(plan.Classes[i].Prefix)
                .With(topics.ConvertAll(l => Hash.Of(l.Topic.Value)).ToArray()).With(topics.ConvertAll(l => l.IsPrivate).ToArray())
                .With(topics.ConvertAll(l => l.Topic.Value).ToArray()).With(topics.ConvertAll(l => l.Position).ToArray())
                .With(topics.ConvertAll(l => l.Id.IsNone ? null : l.Id.Value).ToArray())
                .With(topics.ConvertAll(l => l.Id.IsNone ? null : Hash.Of(l.Id.Value)).ToArray());
        }
    }

    private sealed record StoredClass(string Class, long Trimmed, long TrimmedAlternate, long Mark, long Floor, long AlternateFloor);
}
