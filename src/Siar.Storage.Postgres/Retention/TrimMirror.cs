using Npgsql;
using Siar.Hub;
using Siar.Topics;
using Siar.Wire;

namespace Siar.Storage.Postgres.Retention;

/// <summary>
/// What was trimmed, as one process has read it: it is brought from one version to a later by what was written since. Safe for concurrent use; one at a
/// time reads.
/// </summary>
internal sealed class TrimMirror
{
    /// <summary>The version that a snapshot of the database is of, and that of the plan whose classes stand in it.</summary>
    public const string VersionSql = "SELECT version, plan_version FROM siar.trim WHERE log = $1";

    private readonly short _log;
    private readonly RetentionPlan _plan;
    private readonly SemaphoreSlim _turn = new(1, 1);
    private Known _now;

    public TrimMirror(short log, RetentionPlan plan, int planVersion)
    {
        _log = log;
        _plan = plan;
        PlanVersion = planVersion;
        Record = new TrimRecord(plan);
        _now = new Known(-1, Record.Describe());
    }

    /// <summary>The plan whose classes it is about.</summary>
    public int PlanVersion { get; }

    /// <summary>What is remembered. Changed by whoever reads, or by the one who trims and alone has this mirror.</summary>
    public TrimRecord Record { get; }

    /// <summary>What was trimmed, as far as is known here.</summary>
    public TrimState State => Volatile.Read(ref _now).State;

    /// <summary>What had been trimmed at a version; null where another is known.</summary>
    public TrimState? At(long version) => Volatile.Read(ref _now) is var now && now.Version == version ? now.State : null;

    /// <summary>Comes up to a version, within the caller's snapshot of it.</summary>
    /// <returns>What had been trimmed then; null where a later one is known already.</returns>
    public async Task<TrimState?> SyncAsync(NpgsqlConnection connection, long version, CancellationToken cancellationToken)
    {
        await _turn.WaitAsync(cancellationToken);
        try
        {
            if (_now.Version >= version) return At(version);
            await using var batch = new NpgsqlBatch(connection);
            batch.Add("SELECT class, trimmed, trimmed_alternate, floor, alternate_floor FROM siar.retention WHERE log = $1").With(_log);
            batch.Add("SELECT class, topic, private, position, id FROM siar.trimmed_topic WHERE log = $1 AND version > $2 ORDER BY position").With(_log).With(_now.Version);
            await using var rows = await batch.ExecuteReaderAsync(cancellationToken);
            var classes = new List<(int Index, long Trimmed, long Alternate, long Floor, long AlternateFloor)>();
            while (await rows.ReadAsync(cancellationToken)) classes.Add((_plan.IndexOf(rows.GetString(0)), rows.GetInt64(1), rows.GetInt64(2), rows.GetInt64(3), rows.GetInt64(4)));
            await rows.NextResultAsync(cancellationToken);
            var topics = new List<(int Index, TrimmedTopic Trimmed)>();
            while (await rows.ReadAsync(cancellationToken))
            {
                var id = rows.TextOrNull(4) is { } own ? EventId.Parse(own) : default;
                topics.Add((_plan.IndexOf(rows.GetString(0)), new TrimmedTopic(Topic.Parse(rows.GetString(1)), rows.GetBoolean(2), rows.GetInt64(3), id)));
            }

            // All of it was read: from here on nothing fails half-way.
            foreach (var of in classes.Where(c => c.Index >= 0))
            {
                Record.Raise(of.Index, of.Trimmed, hasAlternates: false);
                Record.Raise(of.Index, of.Alternate, hasAlternates: true);
                Record.RaiseFloor(of.Index, of.Floor, of.AlternateFloor);
            }

            foreach (var (index, trimmed) in topics.Where(t => t.Index >= 0)) Record.Add(index, trimmed);
            for (var i = 0; i < _plan.Classes.Length; i++)
            {
                while (Record.TryForget(i, out _))
                {
                }
            }

            return Set(version);
        }
        finally
        {
            _turn.Release();
        }
    }

    /// <summary>Says that what <see cref="Record"/> holds is of a version: the one who trims has committed it.</summary>
    public TrimState Set(long version)
    {
        var state = Record.Describe();
        Volatile.Write(ref _now, new Known(version, state));
        return state;
    }

    private sealed record Known(long Version, TrimState State);
}
