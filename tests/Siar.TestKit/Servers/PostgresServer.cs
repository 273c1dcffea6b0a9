namespace Siar.TestKit;

/// <summary>Debian's PostgreSQL.</summary>
public sealed class PostgresServer : ThrowawayServer
{
    private static readonly Lock Gate = new();
    private static Task<PostgresServer>? _shared;
    private readonly string[] _settings;
    private readonly int _primary;

    private PostgresServer(int primary, string[] settings)
        : base("postgres")
    {
        _primary = primary;
        _settings = settings;
    }

    /// <summary>The server that all tests of an assembly share. It is started when the first asks for it, and ends with the process.</summary>
    public static Task<PostgresServer> Shared
    {
        get
        {
            lock (Gate) return _shared ??= StartAsync("-c", "fsync=off");
        }
    }

    /// <summary>Where the server's programs are.</summary>
    public static string Programs { get; } = FindPrograms();

    /// <summary>Makes the data where there is none, and runs the server.</summary>
    private protected override string Script => """
        bin=$1 port=$2 primary=$3
        shift 3
        if [ ! -e data/PG_VERSION ] && [ "$primary" -ne 0 ]; then
          "$bin/pg_basebackup" -h 127.0.0.1 -p "$primary" -U siar -D data -R -X stream -c fast -d application_name=standby >initdb.log 2>&1 || { cat initdb.log >&2; exit 1; }
        elif [ ! -e data/PG_VERSION ]; then
          "$bin/initdb" -D data -U siar -A trust -E UTF8 --locale=C --no-instructions -N >initdb.log 2>&1 || { cat initdb.log >&2; exit 1; }
        fi
        "$bin/postgres" -D data -h 127.0.0.1 -p "$port" -k '' "$@" &
        """;

    /// <inheritdoc />
    private protected override string[] Arguments => [Programs, $"{Port}", $"{_primary}", .. _settings];

    /// <inheritdoc />
    private protected override string Signal => "INT";

    /// <summary>Starts a server of one's own.</summary>
    /// <param name="settings">Arguments of <c>postgres</c>, such as <c>-c</c> and <c>wal_level=logical</c>.</param>
    public static Task<PostgresServer> StartAsync(params string[] settings) => StartAsync(new PostgresServer(0, settings));

    /// <summary>Starts a standby of this server, under the name <c>standby</c>; asynchronous, unless the server is told otherwise.</summary>
    public Task<PostgresServer> StartStandbyAsync() => StartAsync(new PostgresServer(Port, _settings));

    /// <summary>The connection to a database, as its owner, whom the server trusts.</summary>
    public string ConnectionTo(string database, string user = "siar") => ConnectionTo(Port, database, user);

    /// <summary>The same through another port, such as a proxy's.</summary>
    public static string ConnectionTo(int port, string database, string user = "siar") =>
        $"Host=127.0.0.1;Port={port};Database={database};Username={user};Pooling=true;Timeout=30;Include Error Detail=true";

    /// <inheritdoc />
    private protected override bool? Judge(string line)
    {
        if (line.Contains("database system is ready to accept", StringComparison.Ordinal)) return true;
        return line.Contains("database system is shut down", StringComparison.Ordinal) || line.Contains("FATAL:  could not", StringComparison.Ordinal) ? false : null;
    }

    /// <inheritdoc />
    private protected override bool MayMove(string said, bool isChosen) => said.Contains("could not bind", StringComparison.Ordinal);

    private static string FindPrograms()
    {
        var versions = Directory.Exists("/usr/lib/postgresql") ? Directory.GetDirectories("/usr/lib/postgresql") : [];
        var newest = versions.Where(v => int.TryParse(Path.GetFileName(v), out _)).MaxBy(v => int.Parse(Path.GetFileName(v)));
        return newest is null
            ? throw new InvalidOperationException("PostgreSQL's server is missing: install Debian's package 'postgresql' (./test does).")
            : Path.Combine(newest, "bin");
    }
}
