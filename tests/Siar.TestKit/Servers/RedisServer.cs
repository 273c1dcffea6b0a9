namespace Siar.TestKit;

/// <summary>Debian's redis-server with an append-only file.</summary>
public sealed class RedisServer : ThrowawayServer
{
    private static readonly Lock Gate = new();
    private static Task<RedisServer>? _shared;
    private readonly string[] _settings;

    private RedisServer(string[] settings)
        : base("redis-server") => _settings = settings;

    /// <summary>The server that all tests of an assembly share. It is started when the first asks for it, and ends with the process.</summary>
    public static Task<RedisServer> Shared
    {
        get
        {
            lock (Gate) return _shared ??= StartAsync();
        }
    }

    /// <summary>What a client connects to.</summary>
    public string Connection => $"127.0.0.1:{Port}";

    /// <inheritdoc />
    private protected override string Script => "mkdir -p data\n\"$@\" &";

    /// <inheritdoc />
    private protected override string[] Arguments =>
        [FindProgram("redis-server", "/usr/bin/redis-server", "/usr/local/bin/redis-server"), "--port", $"{Port}", "--bind", "127.0.0.1", "--dir", "data", "--appendonly", "yes", "--save", "", .. _settings];

    /// <summary>Starts a server of one's own.</summary>
    /// <param name="settings">More of its arguments.</param>
    public static Task<RedisServer> StartAsync(params string[] settings) => StartAsync(new RedisServer(settings));

    /// <summary>Starts a replica of this server.</summary>
    public Task<RedisServer> StartReplicaAsync() => StartAsync("--replicaof", "127.0.0.1", $"{Port}");

    /// <inheritdoc />
    private protected override bool? Judge(string line) =>
        line.Contains("Ready to accept connections", StringComparison.Ordinal) ? true : line.Contains("# Failed", StringComparison.Ordinal) ? false : null;
}
