using Siar.Storage.Sqlite.Integrity;
using Siar.Storage.Sqlite.Native;

namespace Siar.Storage.Sqlite.Schema;

/// <summary>The tables of a log's file, and how an older file comes to have them.</summary>
internal static class LogSchema
{
    /// <summary>Says that an SQLite file is a log of ours: the letters "Siar".</summary>
    private const long ApplicationId = 0x53696172;

    // In order; the file's user_version says how many it has had.
    private static readonly string[] Migrations = [Version1.Sql, Version2.Sql, Version3.Sql, Version4.Sql, Version5.Sql, Version6.Sql];

    /// <summary>The version that this program writes.</summary>
    public static int Current => Migrations.Length;

    /// <summary>Whether the file has nothing in it, and is to become a log.</summary>
    public static bool IsEmpty(Database database) =>
        database.ReadNumber("PRAGMA application_id") == 0 && database.ReadNumber("SELECT count(*) FROM sqlite_schema") == 0;

    /// <summary>Makes sure that the file is a log that this program can read.</summary>
    /// <exception cref="SqliteLogException">It is something else, or of a later version.</exception>
    public static void Recognise(Database database)
    {
        if (database.ReadNumber("PRAGMA application_id") != ApplicationId)
        {
            throw new SqliteLogException(
                SqliteLogFailure.NotALog, $"'{database.Path}' is an SQLite file of another program: name a file of the log's own.");
        }

        if (VersionOf(database) > Current)
        {
            throw new SqliteLogException(
                SqliteLogFailure.NewerVersion,
                $"The log '{database.Path}' was written by a later version of Siar (its schema is {VersionOf(database)}, this program knows up to {Current}): use that version.");
        }
    }

    /// <summary>Makes an empty file a log: everything that cannot be changed later.</summary>
    public static void Found(Database database)
    {
        // Freed pages can be given back to the disk later only if the file has been so from its beginning.
        database.Execute("PRAGMA auto_vacuum = INCREMENTAL");
        database.Execute("PRAGMA journal_mode = WAL");
    }

    /// <summary>Brings a file to the current version, all at once or not at all.</summary>
    public static void Migrate(Database database) => Migrate(database, Migrations, IndexAudit.Make);

    internal static void Migrate(Database database, IReadOnlyList<string> migrations, Action<Database>? fill = null)
    {
        var version = VersionOf(database);
        if (version == migrations.Count) return;
        database.Transact(() =>
        {
            for (var i = version; i < migrations.Count; i++) database.Execute(migrations[i]);
            fill?.Invoke(database);
            database.Execute($"PRAGMA application_id = {ApplicationId}");
            database.Execute($"PRAGMA user_version = {migrations.Count}");
        });
    }

    public static int VersionOf(Database database) => (int)database.ReadNumber("PRAGMA user_version")!.Value;
}
