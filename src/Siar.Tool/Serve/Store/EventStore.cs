using Siar.Storage.Postgres;
using Siar.Storage.Redis;
using Siar.Storage.Sqlite;

namespace Siar.Tool;

/// <summary>Where a hub keeps its events.</summary>
/// <param name="File">The log's file, as it was written; null where it is in none.</param>
/// <param name="Connection">The connection to the log's database, which may hold a password; null where it is in none.</param>
/// <param name="NatsServers">The NATS servers that keep the log, whose URLs may hold passwords; null where it is in none.</param>
/// <param name="Redis">The connection to the Redis that keeps the log, which may hold a password; null where it is in none.</param>
internal sealed record EventStore(string? File, string? Connection = null, string? NatsServers = null, string? Redis = null)
{
    private const string MemoryName = "memory";
    private const string SqlitePrefix = "sqlite:";
    private const string PostgresPrefix = "postgres:";
    private const string NatsPrefix = "nats:";
    private const string RedisPrefix = "redis:";

    /// <summary>Kept in memory, and gone with the process.</summary>
    public static EventStore Memory { get; } = new((string?)null);

    /// <summary>What a hub has unless somebody names another, or tries it out.</summary>
    public static EventStore Default { get; } = new("siar.db");

    /// <summary>Reads a store's name.</summary>
    /// <exception cref="SettingException">It names none that there is.</exception>
    public static EventStore Parse(SettingValue value)
    {
        var text = value.Text;
        if (text == MemoryName) return Memory;
        if (text.StartsWith(SqlitePrefix, StringComparison.Ordinal))
        {
            return text.Length > SqlitePrefix.Length ? new EventStore(text[SqlitePrefix.Length..]) : throw value.Wrong($"names no file: write {SqlitePrefix}PATH, such as {Default}");
        }

        // A connection may hold a password: it is not repeated.
        if (ConnectionOf(text) is { } connection)
            return PostgresDatabase.Check(connection) is { } error ? throw value.Wrong(error.TrimEnd('.')) : new EventStore(null, connection);
        if (ServersOf(text) is { } servers)
            return Storage.Nats.NatsServers.Check(servers) is { } error ? throw value.Wrong(error.TrimEnd('.')) : new EventStore(null, NatsServers: servers);
        if (text.StartsWith(RedisPrefix, StringComparison.OrdinalIgnoreCase))
            return RedisServers.Check(text[RedisPrefix.Length..]) is { } error ? throw value.Wrong(error.TrimEnd('.')) : new EventStore(null, Redis: text[RedisPrefix.Length..]);
        throw value.Wrong($"there is no store '{text}': write {SqlitePrefix}PATH, such as {Default}, {PostgresPrefix}CONNECTION, {NatsPrefix}URL, {RedisPrefix}CONNECTION, or {MemoryName}");
    }

    /// <summary>What an event is worth there once it was acknowledged, for the person who started the hub.</summary>
    public string Describe(SqliteDurability durability) => Connection is not null ? $"PostgreSQL, {PostgresDatabase.Redact(Connection)}: an acknowledged event is as safe as a commit there"
        : NatsServers is not null ? $"NATS JetStream, {Storage.Nats.NatsServers.Redact(NatsServers)}: an acknowledged event is as safe as the stream's replicas"
        : Redis is not null ? $"Redis, {RedisServers.Redact(Redis)}: an acknowledged event is as safe as that Redis, and a fail-over may lose the newest"
        : File is null ? "memory: events are gone when the hub stops"
        : durability == SqliteDurability.PowerLoss ? $"{Path.GetFullPath(File)}: an acknowledged event survives the loss of power"
        : $"{Path.GetFullPath(File)}: an acknowledged event survives the end of this process, but perhaps not the loss of power";

    /// <summary>The name that <see cref="Parse"/> reads; of a connection without its password.</summary>
    public override string ToString() => Connection is not null ? PostgresPrefix + PostgresDatabase.Redact(Connection)
        : NatsServers is not null ? NatsPrefix + Storage.Nats.NatsServers.Redact(NatsServers)
        : Redis is not null ? RedisPrefix + RedisServers.Redact(Redis)
        : File is null ? MemoryName : SqlitePrefix + File;

    // A URI stands for itself, with or without the prefix.
    private static string? ConnectionOf(string text)
    {
        if (text.StartsWith("postgresql://", StringComparison.OrdinalIgnoreCase) || text.StartsWith("postgres://", StringComparison.OrdinalIgnoreCase)) return text;
        return text.StartsWith(PostgresPrefix, StringComparison.OrdinalIgnoreCase) ? text[PostgresPrefix.Length..] : null;
    }

    // Likewise.
    private static string? ServersOf(string text)
    {
        if (text.StartsWith("nats://", StringComparison.OrdinalIgnoreCase) || text.StartsWith("tls://", StringComparison.OrdinalIgnoreCase)) return text;
        return text.StartsWith(NatsPrefix, StringComparison.OrdinalIgnoreCase) ? text[NatsPrefix.Length..] : null;
    }
}
