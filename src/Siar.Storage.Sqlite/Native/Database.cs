using SQLitePCL;

namespace Siar.Storage.Sqlite.Native;

/// <summary>
/// One connection to an SQLite file. It speaks to SQLite's own functions: an ADO.NET command costs three times as much for each event
/// appended. Used by one thread at a time.
/// </summary>
internal sealed class Database : IDisposable
{
    private const int BusyMilliseconds = 5_000;
    private readonly sqlite3 _handle;

    static Database() => Batteries_V2.Init();

    private Database(sqlite3 handle, string path)
    {
        _handle = handle;
        Path = path;
    }

    public string Path { get; }

    /// <summary>Whether a transaction is open. SQLite rolls back by itself after some errors.</summary>
    public bool InTransaction => raw.sqlite3_get_autocommit(_handle) == 0;

    /// <summary>Opens a file.</summary>
    /// <param name="path">The file.</param>
    /// <param name="access">Whether it may be written to, or made.</param>
    /// <param name="fileSystem">The name of the SQLite file system layer; null for the usual one.</param>
    /// <exception cref="SqliteLogException">It cannot be opened.</exception>
    public static Database Open(string path, DatabaseAccess access, string? fileSystem = null)
    {
        var flags = raw.SQLITE_OPEN_NOMUTEX | access switch
        {
            DatabaseAccess.Read => raw.SQLITE_OPEN_READONLY,
            DatabaseAccess.Write => raw.SQLITE_OPEN_READWRITE,
            _ => raw.SQLITE_OPEN_READWRITE | raw.SQLITE_OPEN_CREATE,
        };
        var code = raw.sqlite3_open_v2(path, out var handle, flags, fileSystem);
        var database = new Database(handle, path);
        if (code != raw.SQLITE_OK)
        {
            var failure = database.Failure();
            database.Dispose();
            throw failure;
        }

        raw.sqlite3_extended_result_codes(handle, 1);
        raw.sqlite3_busy_timeout(handle, BusyMilliseconds);
        return database;
    }

    public Statement Prepare(string sql)
    {
        Check(raw.sqlite3_prepare_v3(_handle, sql, raw.SQLITE_PREPARE_PERSISTENT, out var statement));
        return new Statement(this, statement);
    }

    /// <summary>Runs statements whose rows nobody wants.</summary>
    public void Execute(string sql) => Check(raw.sqlite3_exec(_handle, sql));

    /// <summary>The first column of the first row as a number; null where there is none.</summary>
    public long? ReadNumber(string sql)
    {
        using var statement = Prepare(sql);
        return statement.Step() && !statement.IsNull(0) ? statement.Number(0) : null;
    }

    /// <summary>The first column of the first row as text; null where there is none.</summary>
    public string? ReadText(string sql)
    {
        using var statement = Prepare(sql);
        return statement.Step() ? statement.TextOrNull(0) : null;
    }

    /// <summary>Does several things as one: all of them or, when one throws, none.</summary>
    public void Transact(Action work)
    {
        Execute("BEGIN IMMEDIATE");
        try
        {
            work();
            Execute("COMMIT");
        }
        catch
        {
            RollBack();
            throw;
        }
    }

    /// <summary>Takes back what was not committed, where SQLite has not done it already.</summary>
    public void RollBack()
    {
        if (InTransaction) raw.sqlite3_exec(_handle, "ROLLBACK");
    }

    /// <summary>How many rows the last statement inserted, changed or deleted.</summary>
    public int Changes => raw.sqlite3_changes(_handle);

    /// <summary>How many pages were written since this was asked last.</summary>
    public int TakePagesWritten()
    {
        raw.sqlite3_db_status(_handle, raw.SQLITE_DBSTATUS_CACHE_WRITE, out var pages, out _, resetFlg: 1);
        return pages;
    }

    /// <summary>Copies pages from the write-ahead log into the file.</summary>
    /// <returns>Whether all of them were copied.</returns>
    public bool Checkpoint(CheckpointKind kind)
    {
        var mode = kind switch
        {
            CheckpointKind.WithoutWaiting => raw.SQLITE_CHECKPOINT_PASSIVE,
            CheckpointKind.BeginAnew => raw.SQLITE_CHECKPOINT_RESTART,
            _ => raw.SQLITE_CHECKPOINT_TRUNCATE,
        };
        var code = raw.sqlite3_wal_checkpoint_v2(_handle, "main", mode, out var inLog, out var copied);
        if (code is not raw.SQLITE_BUSY) Check(code);
        return code == raw.SQLITE_OK && inLog == copied;
    }

    /// <summary>How long a statement waits for another connection that is in its way.</summary>
    public void SetBusyTimeout(int milliseconds) => raw.sqlite3_busy_timeout(_handle, milliseconds);

    /// <summary>Whether closing the last connection leaves the write-ahead log where it is. A log that was closed in order has none.</summary>
    public void KeepWriteAheadLog(bool keep) =>
        Check(raw.sqlite3_db_config(_handle, raw.SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, keep ? 1 : 0, out _));

    public void Check(int code)
    {
        if (code != raw.SQLITE_OK) throw Failure();
    }

    /// <summary>The last error as an exception that says what to do.</summary>
    public SqliteLogException Failure() =>
        SqliteFailure.Describe(raw.sqlite3_extended_errcode(_handle), raw.sqlite3_errmsg(_handle).utf8_to_string(), Path);

    public void Dispose() => _handle.Dispose();
}

/// <summary>What may be done through a connection.</summary>
internal enum DatabaseAccess
{
    Read,
    Write,
    Create,
}

/// <summary>How a checkpoint goes about it.</summary>
internal enum CheckpointKind
{
    /// <summary>As far as nobody is in the way.</summary>
    WithoutWaiting,

    /// <summary>To the end, waiting for readers as long as the busy timeout says, so that the write-ahead log begins at its start again.</summary>
    BeginAnew,

    /// <summary>As before, and the write-ahead log's file is made empty.</summary>
    Empty,
}
