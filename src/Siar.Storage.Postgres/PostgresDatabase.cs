using Npgsql;
using Siar.Hub;
using Siar.Storage.Postgres.Connections;
using Siar.Storage.Postgres.Copying;
using Siar.Storage.Postgres.Schema;

namespace Siar.Storage.Postgres;

/// <summary>What a database's administrator does for a log: makes its tables and brings them up to date, or has the statements written out.</summary>
public static class PostgresDatabase
{
    /// <summary>The version of the tables that this build reads and writes.</summary>
    public static int Version => PostgresSchema.Version;

    /// <summary>The version of a database's tables; 0 where it has none.</summary>
    /// <param name="connection">The database, as <see cref="PostgresLog.OpenAsync"/> takes it.</param>
    /// <param name="cancellationToken">Ends the reading.</param>
    /// <exception cref="FormatException">The connection cannot be read.</exception>
    /// <exception cref="LogUnavailableException">The database cannot be reached.</exception>
    public static Task<int> ReadVersionAsync(string connection, CancellationToken cancellationToken = default) =>
        RunAsync(connection, open => PostgresSchema.ReadVersionAsync(open, cancellationToken), cancellationToken);

    /// <summary>Makes the tables, or brings them up to <see cref="Version"/>, in one transaction. What is up to date is left as it is.</summary>
    /// <param name="connection">The database, by a role that may make a schema there.</param>
    /// <param name="cancellationToken">Ends the work; nothing of it is kept.</param>
    /// <returns>The version before.</returns>
    /// <exception cref="FormatException">The connection cannot be read.</exception>
    /// <exception cref="LogUnavailableException">The database cannot be reached or used; the message says what to do.</exception>
    public static Task<int> MigrateAsync(string connection, CancellationToken cancellationToken = default) =>
        RunAsync(connection, open => PostgresSchema.MigrateAsync(open, cancellationToken), cancellationToken);

    /// <summary>The statements that do what <see cref="MigrateAsync"/> does, and give roles the least rights that they need.</summary>
    /// <param name="from">The version that the database has; 0 for none.</param>
    /// <param name="hubRoles">Roles of hubs.</param>
    /// <param name="publisherRoles">Roles of applications that call <c>siar.publish</c>; where they may, the table <c>siar.publisher</c> says.</param>
    /// <exception cref="ArgumentOutOfRangeException">There is no such version.</exception>
    public static string Script(int from, IEnumerable<string> hubRoles, IEnumerable<string> publisherRoles)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(from);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(from, Version);
        return PostgresSchema.Script(from) + string.Concat(hubRoles.Select(Rights.OfHub)) + string.Concat(publisherRoles.Select(Rights.OfPublisher));
    }

    /// <summary>Reads a log as a whole, to put it into another engine. No hub may be running on it; none can append, until the image is disposed of.</summary>
    /// <param name="connection">The database, as <see cref="PostgresLog.OpenAsync"/> takes it.</param>
    /// <param name="log">The log, by its name.</param>
    /// <param name="cancellationToken">Ends the opening.</param>
    /// <exception cref="FormatException">The connection cannot be read.</exception>
    /// <exception cref="LogUnavailableException">The database cannot be reached, has no such log, or a hub is running on it.</exception>
    public static Task<ILogImage> ReadImageAsync(string connection, string log, CancellationToken cancellationToken = default) => DatabaseImage.OpenAsync(connection, log, cancellationToken);

    /// <summary>Makes a log of an image, in one transaction. It begins a new epoch behind the image's head. The database must have its tables.</summary>
    /// <param name="image">The image.</param>
    /// <param name="connection">The database, as <see cref="PostgresLog.OpenAsync"/> takes it, by a hub's role.</param>
    /// <param name="log">The log, by a name that the database does not have yet.</param>
    /// <param name="plan">By which it is trimmed.</param>
    /// <param name="cancellationToken">Ends the writing; nothing of it is kept.</param>
    /// <exception cref="FormatException">The connection cannot be read.</exception>
    /// <exception cref="LogUnavailableException">The database cannot be reached or used, or has such a log; the message says what to do.</exception>
    public static Task WriteImageAsync(ILogImage image, string connection, string log, RetentionPlan plan, CancellationToken cancellationToken = default) => RunAsync(
        connection,
        async open =>
        {
            if (await PostgresSchema.ReadVersionAsync(open, cancellationToken) != Version)
                throw new LogUnavailableException(LogState.Unavailable, "The database has no tables for a log, or not those of this version: make them with 'siar db init', or 'siar db migrate'.");
            await new ImageTables(open, image, plan).WriteAsync(log, cancellationToken);
            return true;
        },
        cancellationToken);

    /// <summary>A connection for a person to read, without its secrets.</summary>
    /// <param name="connection">The connection.</param>
    public static string Redact(string connection) => ConnectionText.Redact(connection);

    /// <summary>Why a text is no connection, as a sentence that repeats nothing of it; null where it is one.</summary>
    /// <param name="connection">The text.</param>
    public static string? Check(string connection)
    {
        try
        {
            ConnectionText.Parse(connection);
            return null;
        }
        catch (FormatException failure)
        {
            return failure.Message;
        }
    }

    private static async Task<T> RunAsync<T>(string connection, Func<NpgsqlConnection, Task<T>> work, CancellationToken cancellationToken)
    {
        await using var engine = new Engine(connection);
        await using var open = await engine.OpenAsync(cancellationToken);
        try
        {
            return await work(open);
        }
        catch (InvalidOperationException failure)
        {
            throw new LogUnavailableException(LogState.Unavailable, $"{failure.Message} (PostgreSQL at {engine.Description}.)", failure);
        }
        catch (NpgsqlException failure)
        {
            throw engine.Describe(failure, mayBeKept: false);
        }
    }
}
