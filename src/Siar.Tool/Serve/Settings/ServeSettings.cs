using System.Net;
using System.Text.Json.Nodes;
using Siar.AspNetCore;
using Siar.Storage.Nats;
using Siar.Storage.Postgres;
using Siar.Storage.Redis;
using Siar.Storage.Sqlite;

namespace Siar.Tool;

/// <summary>How <c>siar serve</c> is to run. Filled when it is made, then only looked at.</summary>
internal sealed class ServeSettings
{
    private readonly IReadOnlyList<(Setting Setting, SettingValue Value)> _assigned;

    /// <summary>Takes what was set over the defaults.</summary>
    /// <param name="assigned">What was set, in order; what comes later wins.</param>
    /// <exception cref="SettingException">A setting is wrong.</exception>
    public ServeSettings(IReadOnlyList<(Setting Setting, SettingValue Value)> assigned)
        : this(assigned, new SiarOptions(), new TokenOptions(), new SqliteLogOptions(), new PostgresLogOptions(), new NatsLogOptions(), new RedisLogOptions())
    {
    }

    private ServeSettings(
        IReadOnlyList<(Setting Setting, SettingValue Value)> assigned, SiarOptions siar, TokenOptions tokens, SqliteLogOptions sqlite, PostgresLogOptions postgres, NatsLogOptions nats,
        RedisLogOptions redis)
    {
        _assigned = assigned;
        Siar = siar;
        Tokens = tokens;
        Sqlite = sqlite;
        Postgres = postgres;
        Nats = nats;
        Redis = redis;
        foreach (var (setting, value) in assigned) setting.Apply(this, value);
        StoreSettings.LimitOnDisk(this, [.. assigned.Select(a => a.Setting)]);
    }

    /// <summary>Where the hub listens unless told otherwise, and where the other commands look for it. The port is "siar" on a telephone.</summary>
    public const string DefaultUrl = "http://127.0.0.1:7427";

    public IReadOnlyList<ListenAddress> Urls { get; set; } = [ListenAddress.Parse(new SettingValue("default", DefaultUrl))];

    /// <summary>Where the metrics and the probes are for those who run the hub; null where they have no address of their own.</summary>
    public ListenAddress? AdminUrl { get; set; }

    /// <summary>The store that somebody has named; null where nobody has.</summary>
    public EventStore? NamedStore { get; set; }

    /// <summary>Where events are kept: as named, else in a file, and in memory where the hub is only tried out.</summary>
    public EventStore Store => NamedStore ?? (Dev || Demo ? EventStore.Memory : EventStore.Default);

    /// <summary>How a log in a file behaves.</summary>
    public SqliteLogOptions Sqlite { get; }

    /// <summary>How a log in PostgreSQL is used.</summary>
    public PostgresLogOptions Postgres { get; }

    /// <summary>How a log in NATS JetStream is used.</summary>
    public NatsLogOptions Nats { get; }

    /// <summary>How a log in Redis is used.</summary>
    public RedisLogOptions Redis { get; }

    /// <summary>Whether anybody on this machine may publish and subscribe without a token.</summary>
    public bool Dev { get; set; }

    /// <summary>Whether the machine's own figures are published, with a page that shows them.</summary>
    public bool Demo { get; set; }

    /// <summary>Whether nothing is said but errors and the page's address.</summary>
    public bool Quiet { get; set; }

    /// <summary>Whether the files that settings come from, and those that they name, are looked at, and read again where they have changed.</summary>
    public bool Watch { get; set; }

    /// <summary>From which level on the log is told something, by category; the empty one is of all that no other names.</summary>
    public IReadOnlyDictionary<string, LogLevel> LogLevels { get; set; } = new Dictionary<string, LogLevel>();

    /// <summary>In which form the log is written.</summary>
    public LogFormat LogFormat { get; set; }

    public string? CertificateFile { get; set; }

    public string? CertificateKeyFile { get; set; }

    public string? CertificatePassword { get; set; }

    /// <summary>How streams over plain HTTP/1.1 are served.</summary>
    public StreamTransport Transport { get; set; }

    /// <summary>Whether readers on bare sockets that get the same are sent to with one call.</summary>
    public bool IoUring { get; set; } = true;

    /// <summary>The mode of Unix sockets that are listened to; null as the umask has it.</summary>
    public UnixFileMode? UnixSocketMode { get; set; }

    public int MaxStreamsPerConnection { get; set; } = 100;

    public IReadOnlyList<IPNetwork> TrustedProxies { get; set; } = [];

    /// <summary>Where OpenTelemetry's protocol is spoken to; null where nowhere.</summary>
    public Uri? Otlp { get; set; }

    /// <summary>The hub's options, with its limits, and those of its doors.</summary>
    public SiarOptions Siar { get; }

    /// <summary>Whose tokens count, and how they come.</summary>
    public TokenOptions Tokens { get; }

    /// <summary>The files that keys and the certificate come from.</summary>
    public IEnumerable<string> Files =>
    [
        .. new[] { CertificateFile, CertificateKeyFile }.OfType<string>(),
        .. Tokens.Publish.Files, .. Tokens.Subscribe.Files,
        .. Tokens.TrustedIssuers.Values.SelectMany(i => i.Publish.Files.Concat(i.Subscribe.Files)),
    ];

    /// <summary>These settings with what a running hub takes over from others.</summary>
    public ServeSettings With(ServeSettings newer) => new([.. _assigned.Where(a => !a.Setting.Reloads), .. newer._assigned.Where(a => a.Setting.Reloads)]);

    /// <summary>The settings that others have otherwise, in the order of the catalogue.</summary>
    public IEnumerable<Setting> ThatDifferIn(ServeSettings other) =>
        SettingCatalogue.All.Where(setting => !JsonNode.DeepEquals(setting.Show(this), setting.Show(other)) || !SecretsOf(setting).SequenceEqual(other.SecretsOf(setting)));

    /// <summary>Sets the hub's options on an object that somebody else has made.</summary>
    public void CopyTo(SiarOptions options) => _ = new ServeSettings(_assigned, options, new TokenOptions(), new SqliteLogOptions(), new PostgresLogOptions(), new NatsLogOptions(), new RedisLogOptions());

    /// <summary>Sets the options of tokens on an object that somebody else has made.</summary>
    public void CopyTo(TokenOptions options) => _ = new ServeSettings(_assigned, new SiarOptions(), options, new SqliteLogOptions(), new PostgresLogOptions(), new NatsLogOptions(), new RedisLogOptions());

    /// <summary>Sets the log's options on an object that somebody else has made.</summary>
    public void CopyTo(SqliteLogOptions options) => _ = new ServeSettings(_assigned, new SiarOptions(), new TokenOptions(), options, new PostgresLogOptions(), new NatsLogOptions(), new RedisLogOptions());

    // What is not shown can only be compared as it was set.
    private IReadOnlyList<string> SecretsOf(Setting setting) =>
        setting.IsSecret && _assigned.LastOrDefault(a => a.Setting == setting) is { Value: { } value } ? value.Texts : [];

    /// <summary>Sets a log's options.</summary>
    public void CopyTo(PostgresLogOptions options) => _ = new ServeSettings(_assigned, new SiarOptions(), new TokenOptions(), new SqliteLogOptions(), options, new NatsLogOptions(), new RedisLogOptions());

    /// <summary>Sets a log's options.</summary>
    public void CopyTo(NatsLogOptions options) => _ = new ServeSettings(_assigned, new SiarOptions(), new TokenOptions(), new SqliteLogOptions(), new PostgresLogOptions(), options, new RedisLogOptions());

    /// <summary>Sets a log's options.</summary>
    public void CopyTo(RedisLogOptions options) => _ = new ServeSettings(_assigned, new SiarOptions(), new TokenOptions(), new SqliteLogOptions(), new PostgresLogOptions(), new NatsLogOptions(), options);
}
