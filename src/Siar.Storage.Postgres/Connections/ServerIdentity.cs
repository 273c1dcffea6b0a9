using Npgsql;

namespace Siar.Storage.Postgres.Connections;

/// <summary>
/// Which server a connection leads to, and which life of it: every promotion of a standby, and every restoration to a point in time, begins another
/// timeline. It stays the same as long as a connection lasts.
/// </summary>
/// <param name="System">The cluster's identifier, which standbys share; empty where the role may not read it.</param>
/// <param name="Timeline">The timeline, as eight hexadecimal digits.</param>
internal sealed record ServerIdentity(string System, string Timeline)
{
    public static async Task<ServerIdentity> ReadAsync(NpgsqlConnection connection, CancellationToken cancellationToken)
    {
        var timeline = await ReadAsync(connection, "SELECT substr(pg_walfile_name(pg_current_wal_lsn()), 1, 8)", cancellationToken);
        try
        {
            return new ServerIdentity(await ReadAsync(connection, "SELECT system_identifier::text FROM pg_control_system()", cancellationToken), timeline);
        }
        catch (PostgresException failure) when (failure.SqlState == PostgresErrorCodes.InsufficientPrivilege)
        {
            return new ServerIdentity("", timeline);
        }
    }

    private static async Task<string> ReadAsync(NpgsqlConnection connection, string sql, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand(sql, connection);
        return (string)(await command.ExecuteScalarAsync(cancellationToken))!;
    }
}
