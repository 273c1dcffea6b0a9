using Npgsql;
using Siar.Hub;
using Siar.Storage.Postgres.Retention;
using Siar.Topics;

namespace Siar.Storage.Postgres;

/// <summary>
/// What this hub knows of the log without asking: its head, epochs, closings, and what was trimmed. It is brought up to the engine by whoever has
/// looked there, in this order: closings and epochs first, then the head that they belong to. Safe for concurrent use.
/// </summary>
internal sealed class KnownLog
{
    /// <summary>The closings behind a position: what <see cref="ReadClosingsAsync"/> reads.</summary>
    public const string ClosingSql = "SELECT topic, position, time, private FROM siar.closing WHERE log = $1 AND position > $2 ORDER BY position";

    private readonly Lock _gate = new();
    private readonly ClosedTopics _closed;
    private EpochHistory _epochs;
    private long _closedThrough;
    private LogHealth _health = LogHealth.Available;

    public KnownLog(short number, RetentionPlan plan, int planVersion, EpochHistory epochs, long head)
    {
        Number = number;
        Plan = plan;
        PlanVersion = planVersion;
        _epochs = epochs;
        _closed = new ClosedTopics(plan.ClosedTopics);
        Tail = new LogTail(head);
        Trims = new TrimMirror(number, plan, planVersion);
    }

    /// <summary>The log's number in the tables.</summary>
    public short Number { get; }

    public LogTail Tail { get; }

    public TrimMirror Trims { get; private set; }

    public RetentionPlan Plan { get; private set; }

    public int PlanVersion { get; private set; }

    public EpochHistory Epochs => Volatile.Read(ref _epochs);

    public LogHealth Health => Volatile.Read(ref _health);

    /// <summary>Closings up to this position are known.</summary>
    public long ClosedThrough => Volatile.Read(ref _closedThrough);

    public Closing? FindClosing(Topic topic) => _closed.Find(topic);

    /// <summary>Takes in closings that are committed, in the order of positions.</summary>
    /// <param name="rows">What a statement of <see cref="ClosingSql"/> gives.</param>
    /// <param name="cancellationToken">Ends the reading.</param>
    public async Task ReadClosingsAsync(NpgsqlDataReader rows, CancellationToken cancellationToken)
    {
        while (await rows.ReadAsync(cancellationToken))
            AddClosing(Topic.Parse(rows.GetString(0)), new Closing(rows.GetInt64(1), rows.Get<DateTimeOffset>(2), rows.GetBoolean(3)));
    }

    /// <summary>Notes that a topic was closed, and that it is committed.</summary>
    public void AddClosing(Topic topic, Closing closing)
    {
        lock (_gate)
        {
            if (closing.Position <= _closedThrough) return;
            _closed.Add(topic, closing);
            Volatile.Write(ref _closedThrough, closing.Position);
        }
    }

    /// <summary>Takes in the log's epochs. One that this hub did not know has begun behind a position: what was read of the one before beyond it is lost.</summary>
    public void SetEpochs(EpochHistory epochs)
    {
        long after;
        lock (_gate)
        {
            var known = _epochs.Current.Ordinal;
            if (epochs.Current.Ordinal <= known) return;

            // Several may have begun meanwhile, and the first of them far below the last.
            after = epochs.Spans.Where(s => s.Ordinal > known).Min(s => s.After);
            Volatile.Write(ref _epochs, epochs);
            Volatile.Write(ref _closedThrough, Math.Min(_closedThrough, after));
        }

        Tail.BeginEpoch(after);
    }

    /// <summary>Goes over to another plan.</summary>
    public void SetPlan(RetentionPlan plan, int version)
    {
        lock (_gate)
        {
            if (version <= PlanVersion) return;
            Plan = plan;
            Trims = new TrimMirror(Number, plan, version);
            PlanVersion = version;
        }
    }

    /// <summary>Says that the engine does what it should, or does not.</summary>
    public void SetHealth(LogHealth health)
    {
        if (Health.State != health.State || health.State is not LogState.Available) Volatile.Write(ref _health, health);
    }
}
