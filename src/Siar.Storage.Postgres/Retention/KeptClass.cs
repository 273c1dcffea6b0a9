using Npgsql;
using Siar.Hub;

namespace Siar.Storage.Postgres.Retention;

/// <summary>What is kept of one retention class, and what it has lost.</summary>
/// <param name="Class">Its prefix.</param>
/// <param name="Trimmed">The highest position dropped; 0 for none.</param>
/// <param name="TrimmedAlternate">The same, of events with alternate topics.</param>
/// <param name="Mark">Up to here none of the class's events counts any more.</param>
/// <param name="Passed">How many of its events do not.</param>
/// <param name="PassedBytes">Their size.</param>
/// <param name="Count">Its events after the mark.</param>
/// <param name="Bytes">Their size.</param>
/// <param name="Survivors">How many events are kept for their key alone.</param>
/// <param name="SurvivorBytes">Their size.</param>
internal sealed record KeptClass(
    string Class, long Trimmed, long TrimmedAlternate, long Mark, long Passed, long PassedBytes, long Count, long Bytes, long Survivors, long SurvivorBytes)
{
    /// <summary>All classes. What was appended is read before the events themselves, and so never counts more than is there.</summary>
    public const string Sql = """
        SELECT r.class, r.trimmed, r.trimmed_alternate, r.mark, r.passed, r.passed_bytes,
          coalesce(t.count, 0) - r.passed, (coalesce(t.bytes, 0) - r.passed_bytes)::bigint, coalesce(t.survivors, 0), coalesce(t.survivor_bytes, 0)
        FROM siar.retention r LEFT JOIN siar.class_total t ON t.log = r.log AND t.class = r.class WHERE r.log = $1
        """;

    public static KeptClass Read(NpgsqlDataReader row) => new(
        row.GetString(0), row.GetInt64(1), row.GetInt64(2), row.GetInt64(3), row.GetInt64(4), row.GetInt64(5), row.GetInt64(6), row.GetInt64(7), row.GetInt64(8), row.GetInt64(9));

    /// <summary>Without its oldest event, which is dropped.</summary>
    public KeptClass WithDropped(long position, long bytes, bool hasAlternates) => WithPassed(1, bytes) with
    {
        Mark = position,
        Trimmed = Math.Max(Trimmed, position),
        TrimmedAlternate = hasAlternates ? Math.Max(TrimmedAlternate, position) : TrimmedAlternate,
    };

    /// <summary>Without some of what was counted.</summary>
    public KeptClass WithPassed(long count, long bytes) => this with
    {
        Passed = Passed + count, PassedBytes = PassedBytes + bytes, Count = Count - count, Bytes = Bytes - bytes,
    };

    /// <summary>Whether the oldest event is more than the limits allow.</summary>
    /// <param name="limits">The limits.</param>
    /// <param name="age">How old it is; null where nobody has looked, and it may be any age.</param>
    public bool IsOver(RetentionLimits limits, TimeSpan? age) =>
        Count > 0 && (Count > limits.MaxCount || Bytes > limits.MaxBytes || (limits.MaxAge is { } most && (age is null || age > most)));

    /// <summary>Whether more is kept for its key alone than the limits allow.</summary>
    public bool HasTooManyKeys(RetentionLimits limits) => Survivors > 0 && (Survivors > limits.MaxKeys || SurvivorBytes > limits.MaxBytes);
}
