namespace Siar.TestKit;

/// <summary>Debian's nats-server with JetStream.</summary>
public sealed class NatsServer : ThrowawayServer
{
    private static readonly Lock Gate = new();
    private static Task<NatsServer>? _shared;
    private readonly string _settings;

    private NatsServer(string settings, int port = 0)
        : base("nats-server", port) => _settings = settings;

    /// <summary>The server that all tests of an assembly share. It is started when the first asks for it, and ends with the process.</summary>
    public static Task<NatsServer> Shared
    {
        get
        {
            lock (Gate) return _shared ??= StartAsync();
        }
    }

    /// <summary>What a client connects to.</summary>
    public string Url => $"nats://127.0.0.1:{Port}";

    /// <inheritdoc />
    private protected override string Script => "\"$1\" -c nats.conf &";

    /// <inheritdoc />
    private protected override string[] Arguments => [FindProgram("nats-server", "/usr/sbin/nats-server", "/usr/local/bin/nats-server", "/usr/bin/nats-server")];

    /// <summary>Starts a server of one's own.</summary>
    /// <param name="settings">More of its configuration.</param>
    public static Task<NatsServer> StartAsync(string settings = "") => StartAsync(new NatsServer(settings));

    /// <summary>Starts servers that are one cluster.</summary>
    /// <param name="count">How many.</param>
    public static async Task<IReadOnlyList<NatsServer>> StartClusterAsync(int count)
    {
        var ports = Enumerable.Range(0, count).Select(_ => (Client: FreePort(), Route: FreePort())).ToList();
        var routes = string.Join(", ", ports.Select(p => $"\"nats://127.0.0.1:{p.Route}\""));
        return await Task.WhenAll(ports.Select((p, i) => StartAsync(
            new NatsServer($"server_name: n{i}\ncluster {{ name: siar, listen: \"127.0.0.1:{p.Route}\", routes: [ {routes} ] }}", p.Client))));
    }

    /// <inheritdoc />
    private protected override bool? Judge(string line) =>
        line.Contains("Server is ready", StringComparison.Ordinal) ? true : line.Contains("[FTL]", StringComparison.Ordinal) ? false : null;

    /// <inheritdoc />
    private protected override async Task ConfigureAsync()
    {
        await File.WriteAllTextAsync(
            In("nats.conf"), $"listen: \"127.0.0.1:{Port}\"\njetstream {{ store_dir: \"{In("data")}\", max_mem: 64MB, max_file: 4GB }}\n{_settings}\n");
        if (Environment.IsPrivilegedProcess) await RunAsync("chmod", "644", In("nats.conf"));
    }
}
