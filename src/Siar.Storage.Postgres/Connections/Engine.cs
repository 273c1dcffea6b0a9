using Npgsql;
using Siar.Hub;

namespace Siar.Storage.Postgres.Connections;

/// <summary>The server, or servers, that the log stands on: its connections, and its failures in sentences. May be used from any thread.</summary>
internal sealed class Engine : IAsyncDisposable
{
    // A hub that hangs lets go of the head's lock by itself, and never waits for another's without end.
    private const string Session =
        "SET lock_timeout = '5s'; SET statement_timeout = '30s'; SET idle_in_transaction_session_timeout = '10s'; SET default_transaction_isolation = 'read committed'";

    private readonly NpgsqlDataSource _source;

    /// <summary>Makes ready to connect; connects to nothing yet.</summary>
    /// <param name="connection">As a user wrote it.</param>
    public Engine(string connection)
    {
        var settings = ConnectionText.Parse(connection);
        var hosts = settings.Host?.Split(',').Length ?? 0;
        if (string.IsNullOrEmpty(settings.ApplicationName)) settings.ApplicationName = "siar";
        if (settings.MaxAutoPrepare == 0)
        {
            settings.MaxAutoPrepare = 64;
            settings.AutoPrepareMinUsages = 2;
        }

        if (settings.KeepAlive == 0) settings.KeepAlive = 10;

        // Connections go back to the pool as they were made: their timeouts hold for the next as well.
        settings.NoResetOnClose = true;

        // Only the primary takes appends; where it is looked for again after a second, a fail-over is followed within seconds.
        if (hosts > 1)
        {
            settings.TargetSessionAttributes = null;
            settings.HostRecheckSeconds = 1;
        }

        Description = ConnectionText.Redact(settings.ConnectionString);
        var builder = new NpgsqlSlimDataSourceBuilder(settings.ConnectionString);
        builder.EnableArrays();
        builder.EnableTransportSecurity();
        builder.UsePhysicalConnectionInitializer(Prepare, PrepareAsync);
        _source = hosts > 1 ? builder.BuildMultiHost().WithTargetSession(TargetSessionAttributes.Primary) : builder.Build();
    }

    /// <summary>The connection without its secrets.</summary>
    public string Description { get; }

    /// <summary>Opens a connection of the pool.</summary>
    /// <exception cref="LogUnavailableException">The server cannot be reached, or lets nobody in.</exception>
    public async ValueTask<NpgsqlConnection> OpenAsync(CancellationToken cancellationToken)
    {
        try
        {
            return await _source.OpenConnectionAsync(cancellationToken);
        }
        catch (Exception failure) when (IsFailure(failure))
        {
            throw Describe(failure, mayBeKept: false);
        }
    }

    /// <summary>Whether an exception is one of the server, or of the way to it.</summary>
    public static bool IsFailure(Exception failure) =>
        failure is NpgsqlException or TimeoutException or IOException or System.Net.Sockets.SocketException or InvalidOperationException or ObjectDisposedException;

    /// <summary>A failure as one of the log's, in a sentence that says what to do. What the server said may name tables, and never holds a password.</summary>
    /// <param name="failure">What happened.</param>
    /// <param name="mayBeKept">Whether the server may have done what it was asked all the same.</param>
    public LogUnavailableException Describe(Exception failure, bool mayBeKept)
    {
        if (failure is LogUnavailableException known) return known.MayBeKept == mayBeKept ? known : new LogUnavailableException(known.State, known.Message, failure) { MayBeKept = mayBeKept };
        var state = failure is PostgresException { SqlState: PostgresErrorCodes.DiskFull } ? LogState.Full : LogState.Unavailable;
        var sentence = failure switch
        {
            PostgresException { SqlState: PostgresErrorCodes.DiskFull } => "The server has no room left: make room on its disk, or keep less (retention).",
            PostgresException { SqlState: PostgresErrorCodes.ReadOnlySqlTransaction } => "The server is a standby, and takes no events: name the primary, or all servers.",
            PostgresException { SqlState: PostgresErrorCodes.InsufficientPrivilege } => "The hub's role may not do what it must: give it the rights that 'siar db script' lists.",
            PostgresException { SqlState: PostgresErrorCodes.InvalidPassword or PostgresErrorCodes.InvalidAuthorizationSpecification } => "The server lets the hub's role not in: set its password.",
            PostgresException { SqlState: PostgresErrorCodes.LockNotAvailable } => "Another transaction holds the log's head for too long.",
            PostgresException { SqlState: PostgresErrorCodes.UndefinedTable or PostgresErrorCodes.InvalidSchemaName } => "The log's tables are missing: make them with 'siar db init'.",
            _ => "The server cannot be reached, or does not answer.",
        };
        return new LogUnavailableException(state, $"{sentence} (PostgreSQL at {Description}: {failure.Message})", failure) { MayBeKept = mayBeKept };
    }

    /// <summary>What the log says of itself after a failure; the sentence names no server.</summary>
    public static LogHealth HealthOf(LogUnavailableException failure) => new(failure.State, failure.State is LogState.Full
        ? "There is no room left for the log: make room on the disk of its database, or keep less (retention). Then the hub goes on by itself."
        : "The log's database cannot be reached, or takes no events. The hub goes on by itself when it does.")
    {
        Detail = failure.Message,
    };

    public ValueTask DisposeAsync() => _source.DisposeAsync();

    private static void Prepare(NpgsqlConnection connection)
    {
        using var command = new NpgsqlCommand(Session, connection);
        command.ExecuteNonQuery();
    }

    private static async Task PrepareAsync(NpgsqlConnection connection)
    {
        await using var command = new NpgsqlCommand(Session, connection);
        await command.ExecuteNonQueryAsync();
    }
}
