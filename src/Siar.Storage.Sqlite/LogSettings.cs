using Siar.Storage.Sqlite.Native;

namespace Siar.Storage.Sqlite;

/// <summary>What the file says of how it was last opened.</summary>
internal static class LogSettings
{
    private const string Durability = "durability";
    private const string IsOpen = "open";
    private const string Room = "room";

    /// <summary>Whether the log was not closed in order when it was last opened.</summary>
    public static bool WasLeftOpen(Database database) => Get(database, IsOpen) == "yes";

    /// <summary>Whether all that was acknowledged when the log was last open is sure to be there.</summary>
    public static bool WasFullyDurable(Database database) => Get(database, Durability) == nameof(SqliteDurability.PowerLoss);

    public static void MarkOpen(Database database, SqliteDurability durability)
    {
        Set(database, IsOpen, "yes");
        Set(database, Durability, durability.ToString());
    }

    public static void MarkClosed(Database database) => Set(database, IsOpen, "no");

    /// <summary>Takes so many bytes of room, or gives them back.</summary>
    public static void Fill(Database database, int bytes) => Set(database, Room, new string('.', bytes));

    public static string? Get(Database database, string name)
    {
        using var statement = database.Prepare("SELECT value FROM setting WHERE name = ?1");
        return statement.Bind(1, name).Step() ? statement.Text(0) : null;
    }

    public static void Set(Database database, string name, string value)
    {
        using var statement = database.Prepare("INSERT INTO setting (name, value) VALUES (?1, ?2) ON CONFLICT DO UPDATE SET value = excluded.value");
        statement.Bind(1, name).Bind(2, value).Run();
    }
}
