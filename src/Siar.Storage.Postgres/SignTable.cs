using Npgsql;
using Siar.Hub;
using Siar.Storage.Postgres.Connections;

namespace Siar.Storage.Postgres;

/// <summary>The hubs' signs of life: one row a hub, in a table that is no part of the log and of which nothing is written ahead.</summary>
internal sealed class SignTable(Engine engine, KnownLog log)
{
    /// <summary>Leaves a sign and reads all, in one round trip.</summary>
    public async Task<IReadOnlyList<HubSign>> SignAsync(HubSign own, CancellationToken cancellationToken)
    {
        await using var connection = await engine.OpenAsync(cancellationToken);
        await using var batch = new NpgsqlBatch(connection);
        batch.Add(
                """
                INSERT INTO siar.hub (log, hub, name, count, state) VALUES ($1, $2, $3, $4, $5)
                ON CONFLICT (log, hub) DO UPDATE SET name = EXCLUDED.name, count = EXCLUDED.count, state = EXCLUDED.state
                """)
            .With(log.Number).With(own.Hub).With(own.Name).With(own.Count).With(own.State);
        batch.Add("SELECT hub, name, count, state FROM siar.hub WHERE log = $1").With(log.Number);
        await using var rows = await batch.ExecuteReaderAsync(cancellationToken);
        var signs = new List<HubSign>();
        while (await rows.ReadAsync(cancellationToken)) signs.Add(new HubSign(rows.GetString(0), rows.GetString(1), rows.GetInt64(2), rows.GetString(3)));
        return signs;
    }

    /// <summary>Takes a hub's sign away.</summary>
    public async Task RemoveAsync(string hub, CancellationToken cancellationToken)
    {
        await using var connection = await engine.OpenAsync(cancellationToken);
        await using var batch = new NpgsqlBatch(connection);
        batch.Add("DELETE FROM siar.hub WHERE log = $1 AND hub = $2").With(log.Number).With(hub);
        await batch.ExecuteNonQueryAsync(cancellationToken);
    }
}
