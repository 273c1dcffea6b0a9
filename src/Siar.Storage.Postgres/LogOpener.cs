using Npgsql;
using Siar.Hub;
using Siar.Storage.Postgres.Connections;
using Siar.Storage.Postgres.Retention;
using Siar.Storage.Postgres.Schema;
using Siar.Storage.Postgres.Writing;

namespace Siar.Storage.Postgres;

/// <summary>Finds a log in a database, makes it where there is none, and reads what a hub must know of it.</summary>
internal sealed class LogOpener(Engine engine, PostgresLogOptions options, RetentionPlan plan)
{
    /// <summary>Opens the log.</summary>
    /// <returns>What is known of it, and whether its plan is another than the hub's own.</returns>
    /// <exception cref="LogUnavailableException">The database cannot be reached, or is not ready for a log.</exception>
    public async Task<(KnownLog Log, bool HasOtherPlan)> OpenAsync(CancellationToken cancellationToken)
    {
        await using var connection = await engine.OpenAsync(cancellationToken);
        try
        {
            await PrepareAsync(connection, cancellationToken);
            var number = await FindAsync(connection, cancellationToken) ?? await MakeAsync(connection, cancellationToken);
            var (text, version) = await ReadPlanAsync(connection, number, cancellationToken);
            var isOther = text != PlanText.Write(plan);
            if (isOther && options.AdoptRetention)
            {
                await new PlanAdoption(connection, number, plan).RunAsync(cancellationToken);
                (text, version) = await ReadPlanAsync(connection, number, cancellationToken);
                isOther = false;
            }

            var log = await ReadAsync(connection, number, PlanText.Read(text), version, cancellationToken);
            return (log, isOther);
        }
        catch (Exception failure) when (failure is NpgsqlException or InvalidDataException)
        {
            throw engine.Describe(failure, mayBeKept: false);
        }
    }

    /// <summary>The plan that stands in the log, as text, and which it is.</summary>
    public static async Task<(string Text, int Version)> ReadPlanAsync(NpgsqlConnection connection, short number, CancellationToken cancellationToken)
    {
        await using var batch = new NpgsqlBatch(connection);
        batch.Add("SELECT plan, plan_version FROM siar.log WHERE log = $1").With(number);
        await using var rows = await batch.ExecuteReaderAsync(cancellationToken);
        await rows.ReadAsync(cancellationToken);
        return (rows.GetString(0), rows.GetInt32(1));
    }

    private async Task PrepareAsync(NpgsqlConnection connection, CancellationToken cancellationToken)
    {
        var version = await PostgresSchema.ReadVersionAsync(connection, cancellationToken);
        if (version == PostgresSchema.Version) return;
        if (version > PostgresSchema.Version)
            throw new LogUnavailableException(LogState.Unavailable, $"The log's tables are of version {version}, and this build knows them up to version {PostgresSchema.Version}: use a newer build of Siar. (PostgreSQL at {engine.Description}.)");
        if (version > 0)
            throw new LogUnavailableException(LogState.Unavailable, $"The log's tables are of version {version}, and this build needs version {PostgresSchema.Version}: run 'siar db migrate'. (PostgreSQL at {engine.Description}.)");
        if (!options.Prepare) throw new LogUnavailableException(LogState.Unavailable, $"The database has no tables for a log: make them with 'siar db init'. (PostgreSQL at {engine.Description}.)");
        try
        {
            await PostgresSchema.MigrateAsync(connection, cancellationToken);
        }
        catch (PostgresException failure) when (failure.SqlState == PostgresErrorCodes.InsufficientPrivilege)
        {
            throw new LogUnavailableException(
                LogState.Unavailable, $"The database has no tables for a log, and the hub's role may not make them: have 'siar db init' run by the database's owner. (PostgreSQL at {engine.Description}: {failure.Message})", failure);
        }
        catch (InvalidOperationException failure)
        {
            throw new LogUnavailableException(LogState.Unavailable, $"{failure.Message} (PostgreSQL at {engine.Description}.)", failure);
        }
    }

    private async Task<short?> FindAsync(NpgsqlConnection connection, CancellationToken cancellationToken)
    {
        await using var batch = new NpgsqlBatch(connection);
        batch.Add("SELECT log FROM siar.log WHERE name = $1").With(options.Log);
        return (short?)await batch.ExecuteScalarAsync(cancellationToken);
    }

    // Two hubs may do it at once: the second finds the log that the first has made.
    private async Task<short> MakeAsync(NpgsqlConnection connection, CancellationToken cancellationToken)
    {
        var server = await ServerIdentity.ReadAsync(connection, cancellationToken);
        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
        await using (var batch = new NpgsqlBatch(connection))
        {
            batch.Add("INSERT INTO siar.log (name, system, timeline, plan) VALUES ($1, $2, $3, $4) ON CONFLICT (name) DO NOTHING RETURNING log")
                .With(options.Log).With(server.System).With(server.Timeline).With(PlanText.Write(plan));
            if ((short?)await batch.ExecuteScalarAsync(cancellationToken) is { } number)
            {
                await using var epoch = new NpgsqlBatch(connection);
                epoch.Add("INSERT INTO siar.epoch (log, ordinal, name, after) VALUES ($1, 1, $2, 0)").With(number).With(Epoch.New().Value);
                await epoch.ExecuteNonQueryAsync(cancellationToken);
                await new PlanAdoption(connection, number, plan).BeginAsync(cancellationToken);
            }
        }

        await transaction.CommitAsync(cancellationToken);
        return (await FindAsync(connection, cancellationToken))!.Value;
    }

    private static async Task<KnownLog> ReadAsync(NpgsqlConnection connection, short number, RetentionPlan plan, int planVersion, CancellationToken cancellationToken)
    {
        await using var batch = new NpgsqlBatch(connection);
        batch.Add("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY");
        batch.Add(HeadRow.Read).With(number);
        batch.Add(EpochHistory.Sql).With(number);

        // Beyond so many the oldest are forgotten.
        batch.Add("SELECT * FROM (SELECT topic, position, time, private FROM siar.closing WHERE log = $1 ORDER BY position DESC LIMIT $2) c ORDER BY position").With(number).With(plan.ClosedTopics);
        batch.Add(TrimMirror.VersionSql).With(number);
        KnownLog log;
        long trims;
        await using (var rows = await batch.ExecuteReaderAsync(cancellationToken))
        {
            var row = await HeadRow.ReadAsync(rows, cancellationToken);
            await rows.NextResultAsync(cancellationToken);
            log = new KnownLog(number, plan, planVersion, await EpochHistory.ReadAsync(rows, cancellationToken), row.Head);
            await rows.NextResultAsync(cancellationToken);
            await log.ReadClosingsAsync(rows, cancellationToken);
            await rows.NextResultAsync(cancellationToken);
            await rows.ReadAsync(cancellationToken);
            trims = rows.GetInt64(0);
        }

        await log.Trims.SyncAsync(connection, trims, cancellationToken);
        await using var end = new NpgsqlCommand("COMMIT", connection);
        await end.ExecuteNonQueryAsync(cancellationToken);
        return log;
    }
}
