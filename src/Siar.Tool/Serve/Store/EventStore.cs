using Siar.Storage.Sqlite;

namespace Siar.Tool;

/// <summary>Where a hub keeps its events.</summary>
/// <param name="File">The log's file, as it was written; null for memory alone.</param>
internal sealed record EventStore(string? File)
{
    private const string MemoryName = "memory";
    private const string SqlitePrefix = "sqlite:";

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
        if (text.StartsWith("postgres", StringComparison.OrdinalIgnoreCase))
            throw value.Wrong($"PostgreSQL is not supported by this version: write {SqlitePrefix}PATH, such as {Default}, or {MemoryName}");
        throw value.Wrong($"there is no store '{text}': write {SqlitePrefix}PATH, such as {Default}, or {MemoryName}");
    }

    /// <summary>What an event is worth there once it was acknowledged, for the person who started the hub.</summary>
    public string Describe(SqliteDurability durability) => File is null ? "memory: events are gone when the hub stops"
        : durability == SqliteDurability.PowerLoss ? $"{Path.GetFullPath(File)}: an acknowledged event survives the loss of power"
        : $"{Path.GetFullPath(File)}: an acknowledged event survives the end of this process, but perhaps not the loss of power";

    /// <summary>The name that <see cref="Parse"/> reads.</summary>
    public override string ToString() => File is null ? MemoryName : SqlitePrefix + File;
}
