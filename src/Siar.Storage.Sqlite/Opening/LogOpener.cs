using Siar.Hub;
using Siar.Storage.Sqlite.Epochs;
using Siar.Storage.Sqlite.Native;
using Siar.Storage.Sqlite.Schema;
using Siar.Storage.Sqlite.Writing;

namespace Siar.Storage.Sqlite.Opening;

/// <summary>Makes a log's file ready to be written to: makes it, or recognises and migrates it, and begins a new epoch where one is due.</summary>
internal static class LogOpener
{
    /// <summary>Opens the connection that writes.</summary>
    /// <exception cref="SqliteLogException">The file is not fit to be gone on with.</exception>
    public static Database Open(string path, SqliteLogOptions options)
    {
        UnfinishedRestoration.Finish(path);
        var examination = FileExamination.Of(path);
        if (examination.OfFile() is { } damage) throw damage;
        var database = Database.Open(path, DatabaseAccess.Create, options.FileSystem);
        try
        {
            Prepare(database, options, examination);
            return database;
        }
        catch
        {
            database.Dispose();
            throw;
        }
    }

    /// <summary>What every connection to a log's file is told first.</summary>
    public static void SetUp(Database database, SqliteLogOptions options)
    {
        database.Execute($"PRAGMA cache_size = -{options.CacheBytes >> 10}");
        database.KeepWriteAheadLog(true);
    }

    private static void Prepare(Database database, SqliteLogOptions options, FileExamination examination)
    {
        SetUp(database, options);
        if (LogSchema.IsEmpty(database))
        {
            LogSchema.Found(database);
        }
        else
        {
            LogSchema.Recognise(database);
            if (examination.OfWriteAheadLog(LogSettings.WasLeftOpen(database), LogSettings.WasFullyDurable(database)) is { } damage) throw damage;
        }

        // The log has checkpoints made in a thread of their own, and its file of bounded length.
        database.Execute("PRAGMA wal_autocheckpoint = 0");
        database.Execute($"PRAGMA journal_size_limit = {options.WriteAheadBytes}");
        LogSchema.Migrate(database);
        database.Transact(() => BeginLife(database, options));

        // The mark must stand in the file itself, so that a write-ahead log that is gone later is missed.
        database.Checkpoint(CheckpointKind.BeginAnew);
    }

    private static void BeginLife(Database database, SqliteLogOptions options)
    {
        // The rule: a life whose end nobody knows is over. It goes on only where all that was acknowledged is sure to be there.
        // A mirror lacks what it lost of itself no longer than until it has read on.
        var isLost = options.MirroredEpoch is null && LogSettings.WasLeftOpen(database) && !LogSettings.WasFullyDurable(database);
        if (database.ReadNumber("SELECT count(*) FROM epoch") == 0) EpochHistory.BeginNew(database, 0, options.MirroredEpoch ?? Epoch.New());
        else if (isLost) EpochHistory.BeginNew(database, LogContents.HeadOf(database), Epoch.New());
        LogSettings.MarkOpen(database, options.Durability);
    }
}
