using Npgsql;
using Siar.Hub;
using Siar.Storage.Postgres.Connections;
using Siar.Storage.Postgres.Writing;
using Siar.Topics;
using Siar.Wire;

namespace Siar.Storage.Postgres.Retention;

/// <summary>
/// Drops what is over the limits, oldest first in each class, a step at a time: one hub at a time, which has the advisory lock for the step. The head's
/// lock is taken only by steps that touch the newest events of keys. Each class goes through the log once: what it has passed it need not look at again.
/// Used by one caller at a time.
/// </summary>
internal sealed class Trimmer(Engine engine, KnownLog log, PostgresLogOptions options)
{
    /// <summary>Of the advisory locks with two keys: the word siar. The other is the log's number.</summary>
    public const int LockClass = 0x73696172;

    /// <summary>Takes the lock of whoever trims, until the end of the transaction.</summary>
    public const string TryLock = "SELECT pg_try_advisory_xact_lock($1, $2)";

    private readonly Dictionary<string, Oldest> _oldest = new(StringComparer.Ordinal);
    private TrimMirror? _mirror;

    /// <summary>Does one step.</summary>
    /// <returns>Whether there is more to do.</returns>
    public async Task<bool> StepAsync(CancellationToken cancellationToken)
    {
        await using var connection = await engine.OpenAsync(cancellationToken);
        var step = new TrimStep(connection, log.Number, options.TrimmedAtOnce);
        try
        {
            if (!await step.BeginAsync(cancellationToken)) return false;
            if (step.PlanVersion != log.PlanVersion) return false;
            if (_mirror?.PlanVersion != log.PlanVersion) _mirror = new TrimMirror(log.Number, log.Plan, log.PlanVersion);
            await _mirror.SyncAsync(connection, step.Version, cancellationToken);
            var isMore = await RunAsync(step, _mirror, cancellationToken);
            if (step.Touched.Count > 0) await DeleteTopicsAsync(connection, step.Touched, cancellationToken);
            return isMore;
        }
        catch
        {
            // What the record holds may be ahead of the table.
            _mirror = null;
            throw;
        }
    }

    private async Task<bool> RunAsync(TrimStep step, TrimMirror mirror, CancellationToken cancellationToken)
    {
        var now = options.Clock?.GetUtcNow() ?? step.Now;
        var ages = new EventAges(step.Row.Time);
        foreach (var known in step.ClockSteps) ages.Add(known);
        var hasSteps = ages.See(now, step.Row.Head);
        hasSteps |= ages.Forget(step.Classes.Min(c => c.Mark));
        for (var i = 0; i < log.Plan.Classes.Length; i++)
        {
            var of = log.Plan.Classes[i];
            if (step.Classes.Find(c => c.Class == of.Prefix) is not { } kept) continue;
            if (kept.HasTooManyKeys(of.Limits))
            {
                await step.DropKeysAsync(kept, of.Limits, cancellationToken);
                await step.CommitAsync(kept, mirror, i, hasSteps ? ages : null, cancellationToken);
                return true;
            }

            if (!kept.IsOver(of.Limits, AgeOf(kept, ages, now))) continue;
            var left = await DropAsync(step, mirror, i, kept, ages, now, cancellationToken);
            if (left == kept) continue;

            // What is left, and the classes behind, are looked at by a step of their own.
            await step.CommitAsync(left, mirror, i, hasSteps ? ages : null, cancellationToken);
            return true;
        }

        if (hasSteps) await step.CommitAsync(null, mirror, 0, ages, cancellationToken);
        else await step.EndAsync(cancellationToken);
        return false;
    }

    private async Task<KeptClass> DropAsync(
        TrimStep step, TrimMirror mirror, int index, KeptClass kept, EventAges ages, DateTimeOffset now, CancellationToken cancellationToken)
    {
        var rows = await step.ReadAsync(kept.Mark, cancellationToken);
        var limits = log.Plan.Classes[index].Limits;
        var dropped = new List<TrimmedRow>();
        _oldest.Remove(kept.Class);
        var isEnd = rows.Count < options.TrimmedAtOnce;
        foreach (var row in rows)
        {
            if (log.Plan.IndexOf(row.Topics[0]) != index)
            {
                kept = kept with { Mark = row.Position };
                continue;
            }

            if (!kept.IsOver(limits, now - ages.CountsFrom(row.Position, row.Time)))
            {
                _oldest[kept.Class] = new Oldest(kept.Mark, row.Position, row.Time);
                isEnd = false;
                break;
            }

            kept = kept.WithDropped(row.Position, row.Bytes, row.Topics.Length > 1);
            dropped.Add(row);
        }

        // At the end of the log nothing is left to drop, whatever was counted.
        if (isEnd && kept.Count > 0) kept = kept.WithPassed(kept.Count, kept.Bytes);
        if (dropped.Count > 0) await step.DropAsync(dropped, kept.Class, mirror.Record, index, cancellationToken);
        return kept;
    }

    private TimeSpan? AgeOf(KeptClass kept, EventAges ages, DateTimeOffset now) =>
        _oldest.TryGetValue(kept.Class, out var oldest) && oldest.Mark == kept.Mark ? now - ages.CountsFrom(oldest.Position, oldest.Time) : null;

    // Under the head's lock, for only then does nobody give an event to a topic that seems to have none.
    private async Task DeleteTopicsAsync(NpgsqlConnection connection, IReadOnlyCollection<long> topics, CancellationToken cancellationToken)
    {
        await using var batch = new NpgsqlBatch(connection);
        batch.Add("BEGIN");
        batch.Add(HeadRow.Lock).With(log.Number);
        batch.Add(
                """
                DELETE FROM siar.topic t WHERE t.log = $1 AND t.id = ANY($2)
                  AND NOT EXISTS (SELECT FROM siar.event_topic x WHERE x.log = $1 AND x.topic = t.id)
                  AND NOT EXISTS (SELECT FROM siar.keyed_topic k WHERE k.log = $1 AND k.topic = t.id)
                """)
            .With(log.Number).With(topics.ToArray());
        batch.Add("COMMIT");
        await batch.ExecuteNonQueryAsync(cancellationToken);
    }

    private readonly record struct Oldest(long Mark, long Position, DateTimeOffset Time);
}

/// <summary>What trimming looks at of an event.</summary>
internal sealed record TrimmedRow(long Position, DateTimeOffset Time, long[] Ids, Topic[] Topics, EventId Id, long Bytes, bool HasKey, bool IsPrivate);
