using System.Text.Json.Nodes;
using Siar.Hub;
using Siar.Storage.Sqlite;

namespace Siar.Tool;

/// <summary>Where events are kept, and what an acknowledged one survives there.</summary>
internal static class StoreSettings
{
    /// <summary>What a log in a file keeps unless told otherwise: space on a disk is what runs out there.</summary>
    private static readonly RetentionLimits DefaultOnDisk = new(MaxCount: null, MaxAge: null, MaxBytes: 1L << 30);

    private static readonly (string Name, SqliteDurability Durability)[] Durabilities =
        [("power-loss", SqliteDurability.PowerLoss), ("process-death", SqliteDurability.ProcessDeath)];

    public static IReadOnlyList<Setting> All { get; } =
    [
        new("store", (s, v) => s.NamedStore = EventStore.Parse(v), s => s.Store.ToString()),
        new("sqlite.durability", (s, v) => s.Sqlite.Durability = ToDurability(v), s => NameOf(s.Sqlite.Durability)),
        .. OptionSettings.Of(typeof(SqliteLogOptions).GetProperties(), "sqlite.", s => s.Sqlite),
    ];

    /// <summary>Gives a log in a file limits of its own where none were set.</summary>
    public static void LimitOnDisk(ServeSettings settings, IReadOnlyCollection<Setting> assigned)
    {
        if (settings.Store.File is null) return;
        var retention = settings.Siar.Hub.Retention;
        if (assigned.All(s => s.Name != "retention.maxCount")) retention = retention with { MaxCount = DefaultOnDisk.MaxCount };
        if (assigned.All(s => s.Name != "retention.maxBytes")) retention = retention with { MaxBytes = DefaultOnDisk.MaxBytes };
        settings.Siar.Hub.Retention = retention;
    }

    private static SqliteDurability ToDurability(SettingValue value) => Durabilities.FirstOrDefault(d => d.Name == value.Text) is { Name: not null } found
        ? found.Durability
        : throw value.Wrong($"'{value.Text}' is no durability: write power-loss (each event is on the disk before it is acknowledged) or process-death (the system writes it later)");

    private static JsonNode NameOf(SqliteDurability durability) => Durabilities.First(d => d.Durability == durability).Name;
}
