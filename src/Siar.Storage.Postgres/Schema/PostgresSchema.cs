using System.Globalization;
using System.Text;
using Npgsql;

namespace Siar.Storage.Postgres.Schema;

/// <summary>The tables and functions that a log stands on: which version a database has, how it comes by the newest, and the same as a script.</summary>
internal static class PostgresSchema
{
    /// <summary>The version that this build reads and writes.</summary>
    public const int Version = 3;

    // One session at a time prepares a database; the number is the word siar.
    private const long Lock = 0x73696172;

    private static readonly string[] Steps = ["Version1.sql", "Version2.sql", "Version3.sql"];

    /// <summary>The version that a database has; 0 where it has none.</summary>
    public static async Task<int> ReadVersionAsync(NpgsqlConnection connection, CancellationToken cancellationToken)
    {
        await using var exists = new NpgsqlCommand("SELECT to_regclass('siar.version') IS NOT NULL", connection);
        if (!(bool)(await exists.ExecuteScalarAsync(cancellationToken))!) return 0;
        await using var version = new NpgsqlCommand("SELECT version FROM siar.version", connection);
        return (int)(await version.ExecuteScalarAsync(cancellationToken))!;
    }

    /// <summary>Brings a database to the newest version, in one transaction.</summary>
    /// <returns>The version that it had.</returns>
    /// <exception cref="InvalidOperationException">The database is newer than this build, or is not encoded in UTF-8.</exception>
    public static async Task<int> MigrateAsync(NpgsqlConnection connection, CancellationToken cancellationToken)
    {
        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
        await RunAsync(connection, $"SELECT pg_advisory_xact_lock({Lock.ToString(CultureInfo.InvariantCulture)})", cancellationToken);
        await using (var encoding = new NpgsqlCommand("SELECT current_setting('server_encoding')", connection))
        {
            if ((string?)await encoding.ExecuteScalarAsync(cancellationToken) is var found && found != "UTF8")
                throw new InvalidOperationException($"The database is encoded in {found}: a log needs one that is encoded in UTF8.");
        }

        var version = await ReadVersionAsync(connection, cancellationToken);
        CheckNotNewer(version);
        if (version < Version)
        {
            foreach (var step in StepsFrom(version)) await RunAsync(connection, step, cancellationToken);
        }

        await transaction.CommitAsync(cancellationToken);
        return version;
    }

    /// <summary>The statements that bring a database from a version to the newest, for a person to run.</summary>
    public static string Script(int from)
    {
        CheckNotNewer(from);
        var script = new StringBuilder("BEGIN;\n");
        foreach (var step in StepsFrom(from)) script.Append(step.TrimEnd()).Append("\n\n");
        return script.Append("COMMIT;\n").ToString();
    }

    private static void CheckNotNewer(int version)
    {
        if (version > Version)
            throw new InvalidOperationException($"The log's tables are of version {version}, and this build knows them up to version {Version}: use a newer build of Siar.");
    }

    private static IEnumerable<string> StepsFrom(int version)
    {
        for (var i = version; i < Version; i++) yield return Read(Steps[i]);
        yield return $"UPDATE siar.version SET version = {Version};";
        yield return Read("Functions.sql");
    }

    private static string Read(string name)
    {
        using var reader = new StreamReader(typeof(PostgresSchema).Assembly.GetManifestResourceStream(name)!, Encoding.UTF8);
        return reader.ReadToEnd();
    }

    private static async Task RunAsync(NpgsqlConnection connection, string sql, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand(sql, connection);
        await command.ExecuteNonQueryAsync(cancellationToken);
    }
}
