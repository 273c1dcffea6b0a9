using System.Text.Json.Nodes;
using Siar.Hub;
using Siar.Storage.Nats;
using Siar.Storage.Postgres;
using Siar.Storage.Redis;
using Siar.Storage.Sqlite;

namespace Siar.Tool;

/// <summary>Where events are kept, and what an acknowledged one survives there.</summary>
internal static class StoreSettings
{
    /// <summary>What a log in a file or a database keeps unless told otherwise: space on a disk is what runs out there.</summary>
    private static readonly RetentionLimits DefaultOnDisk = new(MaxCount: null, MaxAge: null, MaxBytes: 1L << 30);

    private const long LeastNatsBytes = 16L << 20;

    private static readonly (string Name, SqliteDurability Durability)[] Durabilities =
        [("power-loss", SqliteDurability.PowerLoss), ("process-death", SqliteDurability.ProcessDeath)];

    public static IReadOnlyList<Setting> All { get; } =
    [
        new("store", (s, v) => s.NamedStore = EventStore.Parse(v), s => s.Store.ToString()),
        new("sqlite.durability", (s, v) => s.Sqlite.Durability = ToDurability(v), s => NameOf(s.Sqlite.Durability)),
        .. OptionSettings.Of(typeof(SqliteLogOptions).GetProperties(), "sqlite.", s => s.Sqlite),
        new("postgres.log", (s, v) => s.Postgres.Log = ToLogName(v), s => s.Postgres.Log),
        new("postgres.prepare", (s, v) => s.Postgres.Prepare = v.ToFlag(), s => s.Postgres.Prepare),
        new("postgres.adoptRetention", (s, v) => s.Postgres.AdoptRetention = v.ToFlag(), s => s.Postgres.AdoptRetention),
        .. OptionSettings.Of(typeof(PostgresLogOptions).GetProperties(), "postgres.", s => s.Postgres),
        new("nats.log", (s, v) => s.Nats.Log = ToLogName(v), s => s.Nats.Log),
        new("nats.prepare", (s, v) => s.Nats.Prepare = v.ToFlag(), s => s.Nats.Prepare),
        new("nats.adoptRetention", (s, v) => s.Nats.AdoptRetention = v.ToFlag(), s => s.Nats.AdoptRetention),
        new("nats.maxBytes", (s, v) => s.Nats.MaxBytes = ToMaxBytes(v), s => s.Nats.MaxBytes ?? (JsonNode)SettingValue.None),
        new("nats.indexPath", (s, v) => s.Nats.IndexPath = v.Text, s => s.Nats.IndexPath),
        new("nats.credentialsFile", (s, v) => s.Nats.CredentialsFile = SettingCatalogue.ExistingFile(v), s => s.Nats.CredentialsFile),
        new("nats.caFile", (s, v) => s.Nats.CaFile = SettingCatalogue.ExistingFile(v), s => s.Nats.CaFile),
        new("nats.certificateFile", (s, v) => s.Nats.CertificateFile = SettingCatalogue.ExistingFile(v), s => s.Nats.CertificateFile),
        new("nats.certificateKeyFile", (s, v) => s.Nats.CertificateKeyFile = SettingCatalogue.ExistingFile(v), s => s.Nats.CertificateKeyFile),
        .. OptionSettings.Of(typeof(NatsLogOptions).GetProperties(), "nats.", s => s.Nats),
        new("redis.log", (s, v) => s.Redis.Log = ToLogName(v), s => s.Redis.Log),
        new("redis.prepare", (s, v) => s.Redis.Prepare = v.ToFlag(), s => s.Redis.Prepare),
        new("redis.adoptRetention", (s, v) => s.Redis.AdoptRetention = v.ToFlag(), s => s.Redis.AdoptRetention),
        new("redis.indexPath", (s, v) => s.Redis.IndexPath = v.Text, s => s.Redis.IndexPath),
        .. OptionSettings.Of(typeof(RedisLogOptions).GetProperties(), "redis.", s => s.Redis),
    ];

    /// <summary>Gives a log in a file or a database limits of its own where none were set.</summary>
    public static void LimitOnDisk(ServeSettings settings, IReadOnlyCollection<Setting> assigned)
    {
        if (settings.Store == EventStore.Memory) return;
        var retention = settings.Siar.Hub.Retention;
        if (assigned.All(s => s.Name != "retention.maxCount")) retention = retention with { MaxCount = DefaultOnDisk.MaxCount };
        if (assigned.All(s => s.Name != "retention.maxBytes")) retention = retention with { MaxBytes = DefaultOnDisk.MaxBytes };
        settings.Siar.Hub.Retention = retention;
    }

    private static long? ToMaxBytes(SettingValue value) => value.IsNone ? null
        : value.ToSize() is >= LeastNatsBytes and var bytes ? bytes
        : throw value.Wrong($"'{value.Text}' is less than 16MiB: a stream must have room for what the log keeps, or 'none' for no limit of its own");

    private static string ToLogName(SettingValue value) => value.Text is { Length: >= 1 and <= 50 } name && name.All(c => char.IsAsciiLetterLower(c) || char.IsAsciiDigit(c) || c == '_')
        ? name
        : throw value.Wrong($"'{value.Text}' is not the name of a log: write 1 to 50 characters of a to z, 0 to 9 and _");

    private static SqliteDurability ToDurability(SettingValue value) => Durabilities.FirstOrDefault(d => d.Name == value.Text) is { Name: not null } found
        ? found.Durability
        : throw value.Wrong($"'{value.Text}' is no durability: write power-loss (each event is on the disk before it is acknowledged) or process-death (the system writes it later)");

    private static JsonNode NameOf(SqliteDurability durability) => Durabilities.First(d => d.Durability == durability).Name;
}
