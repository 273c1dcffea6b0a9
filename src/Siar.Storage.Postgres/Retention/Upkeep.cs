using Npgsql;
using Siar.Storage.Postgres.Connections;

namespace Siar.Storage.Postgres.Retention;

/// <summary>Forgets what is kept for a time only: idempotency keys, closings that are too many, and the ids of batches. Any hub may; each bit is a short statement.</summary>
internal sealed class Upkeep(Engine engine, KnownLog log, PostgresLogOptions options, TimeProvider time)
{
    private const int ForgottenAtOnce = 5_000;

    // Counting is dear where there are many.
    private static readonly TimeSpan CountedEvery = TimeSpan.FromMinutes(1);
    private static readonly TimeSpan BatchesKept = TimeSpan.FromMinutes(10);

    private long? _countedAt;

    public async Task RunAsync(CancellationToken cancellationToken)
    {
        await using var connection = await engine.OpenAsync(cancellationToken);
        var now = options.Clock?.GetUtcNow();
        while (await RunAsync(
            connection,
            """
            DELETE FROM siar.idempotency WHERE log = $1 AND hash IN (
              SELECT hash FROM siar.idempotency WHERE log = $1 AND expires <= coalesce($2, clock_timestamp()) ORDER BY expires LIMIT $3)
            """,
            command => command.With(log.Number).WithTime(now).With(ForgottenAtOnce),
            cancellationToken) == ForgottenAtOnce)
        {
        }

        if (options.Clock is null && _countedAt is { } counted && time.GetElapsedTime(counted) < CountedEvery) return;
        _countedAt = time.GetTimestamp();
        await ForgetOldestAsync(connection, "idempotency", log.Plan.IdempotencyKeys, cancellationToken);
        await ForgetOldestAsync(connection, "closing", log.Plan.ClosedTopics, cancellationToken);
        await RunAsync(
            connection,
            "DELETE FROM siar.batch WHERE log = $1 AND time < coalesce($2, clock_timestamp()) - $3",
            command => command.With(log.Number).WithTime(now).With(BatchesKept),
            cancellationToken);
    }

    // All but the newest so many.
    private async Task ForgetOldestAsync(NpgsqlConnection connection, string table, int most, CancellationToken cancellationToken)
    {
        while (await RunAsync(
            connection,
            $"""
            DELETE FROM siar.{table} WHERE log = $1 AND hash IN (
              SELECT hash FROM siar.{table} WHERE log = $1 AND position <= (
                SELECT position FROM siar.{table} WHERE log = $1 ORDER BY position DESC OFFSET $2 LIMIT 1)
              ORDER BY position LIMIT $3)
            """,
            command => command.With(log.Number).With(most).With(ForgottenAtOnce),
            cancellationToken) == ForgottenAtOnce)
        {
        }
    }

    private static async Task<int> RunAsync(NpgsqlConnection connection, string sql, Action<NpgsqlBatchCommand> parameters, CancellationToken cancellationToken)
    {
        await using var batch = new NpgsqlBatch(connection);
        parameters(batch.Add(sql));
        return await batch.ExecuteNonQueryAsync(cancellationToken);
    }
}
