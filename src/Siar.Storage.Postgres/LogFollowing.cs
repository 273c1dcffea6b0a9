using System.Globalization;
using Npgsql;
using Siar.Hub;
using Siar.Storage.Postgres.Connections;
using Siar.Storage.Postgres.Copying;
using Siar.Storage.Postgres.Outbox;
using Siar.Storage.Postgres.Retention;
using Siar.Storage.Postgres.Writing;

namespace Siar.Storage.Postgres;

/// <summary>
/// Comes up to what others have done to the log: woken by their NOTIFY, and each second by the hub. A notification wakes only; what has happened is read.
/// </summary>
internal sealed class LogFollowing(Engine engine, KnownLog log, PostgresLogOptions options, Appender appender, string channel)
{
    /// <summary>Reads how far the log has come. Closings and epochs become known before the head that they belong to.</summary>
    /// <returns>Whether the engine is in the life that the log's epoch is of, and has lost nothing.</returns>
    public async Task<bool> RefreshAsync(NpgsqlConnection connection, CancellationToken cancellationToken)
    {
        while (true)
        {
            var before = log.Tail.Head;
            var server = await ServerIdentity.ReadAsync(connection, cancellationToken);
            await using var batch = new NpgsqlBatch(connection);
            batch.Add(HeadRow.Read).With(log.Number);
            batch.Add(EpochHistory.Sql).With(log.Number);
            batch.Add(KnownLog.ClosingSql).With(log.Number).With(log.ClosedThrough);
            await using var rows = await batch.ExecuteReaderAsync(cancellationToken);
            var row = await HeadRow.ReadAsync(rows, cancellationToken);
            await rows.NextResultAsync(cancellationToken);
            var epochs = await EpochHistory.ReadAsync(rows, cancellationToken);

            // An epoch has begun between the two.
            if (epochs.Current.Ordinal != row.Epoch) continue;
            log.SetEpochs(epochs);
            await rows.NextResultAsync(cancellationToken);
            await log.ReadClosingsAsync(rows, cancellationToken);
            log.Tail.Advance(row.Head);
            return row.Server == server && row.Head >= Math.Min(before, log.Tail.Head);
        }
    }

    /// <summary>Comes up to the engine; where it is not what it was, ends the epoch at the head that is found there.</summary>
    public async Task ComeUpAsync(CancellationToken cancellationToken)
    {
        bool isSame;
        await using (var connection = await engine.OpenAsync(cancellationToken))
        {
            isSame = await RefreshAsync(connection, cancellationToken);
            await SyncTrimsAsync(connection, cancellationToken);
        }

        // Asked to lock the head, a server that took no events shows whether it does again.
        if (!isSame || log.Health.State is not LogState.Available) await appender.LookAtEpochAsync(cancellationToken);
    }

    /// <summary>Reads the plan that stands in the log.</summary>
    public async Task RefreshPlanAsync(CancellationToken cancellationToken)
    {
        await using var connection = await engine.OpenAsync(cancellationToken);
        var (text, version) = await LogOpener.ReadPlanAsync(connection, log.Number, cancellationToken);
        log.SetPlan(PlanText.Read(text), version);
    }

    /// <summary>Waits for notifications, until it is told to stop.</summary>
    public async Task ListenAsync(NpgsqlConnection connection, CancellationToken cancellationToken)
    {
        var isDue = true;
        connection.Notification += (_, told) =>
        {
            // Our own appends are notified as well: they are known here.
            if (!long.TryParse(told.Payload, CultureInfo.InvariantCulture, out var head) || head > log.Tail.Head) Volatile.Write(ref isDue, true);
        };
        await using (var batch = new NpgsqlBatch(connection))
        {
            batch.Add($"LISTEN {channel}");
            batch.Add(LogUse.Join).With(LogUse.LockClass).With((int)log.Number);
            await batch.ExecuteNonQueryAsync(cancellationToken);
        }

        while (true)
        {
            if (Interlocked.Exchange(ref isDue, false)) await RefreshAsync(connection, cancellationToken);
            else await connection.WaitAsync(cancellationToken);
        }
    }

    /// <summary>Moves what applications have published into the log, until it is told to stop.</summary>
    public async Task MoveAsync(NpgsqlConnection connection, TimeProvider time, CancellationToken cancellationToken)
    {
        using var timer = new PeriodicTimer(options.OutboxInterval, time);
        while (await timer.WaitForNextTickAsync(cancellationToken))
        {
            await using var batch = new NpgsqlBatch(connection);
            batch.Add(OutboxRow.Any).With(log.Number);
            if (await batch.ExecuteScalarAsync(cancellationToken) is true) await MoveAllAsync(cancellationToken);
        }
    }

    /// <summary>Moves all that is in the outbox now.</summary>
    public async Task MoveAllAsync(CancellationToken cancellationToken)
    {
        while (await appender.MoveAsync(cancellationToken) == options.MovedAtOnce) cancellationToken.ThrowIfCancellationRequested();
    }

    private async Task SyncTrimsAsync(NpgsqlConnection connection, CancellationToken cancellationToken)
    {
        await using var batch = new NpgsqlBatch(connection);
        batch.Add("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY");
        batch.Add(TrimMirror.VersionSql).With(log.Number);
        long version;
        int planVersion;
        await using (var rows = await batch.ExecuteReaderAsync(cancellationToken))
        {
            await rows.ReadAsync(cancellationToken);
            (version, planVersion) = (rows.GetInt64(0), rows.GetInt32(1));
        }

        if (planVersion == log.PlanVersion) await log.Trims.SyncAsync(connection, version, cancellationToken);
        await using (var end = new NpgsqlCommand("COMMIT", connection)) await end.ExecuteNonQueryAsync(cancellationToken);
        if (planVersion != log.PlanVersion) await RefreshPlanAsync(cancellationToken);
    }
}
