using Siar.Hub;
using SQLitePCL;

namespace Siar.Storage.Sqlite.Native;

/// <summary>Turns SQLite's result codes into sentences.</summary>
internal static class SqliteFailure
{
    private const int PrimaryCode = 0xFF;

    /// <summary>A failure of any kind as one of the log's.</summary>
    public static SqliteLogException Of(Exception failure, string path) => failure as SqliteLogException
        ?? new SqliteLogException(SqliteLogFailure.InputOutput, $"The log '{path}' could not be used: {failure.Message}", failure);

    /// <summary>Whether something could not be understood that was read of a file, which holds only what can.</summary>
    public static bool IsOfContents(Exception failure) =>
        failure is FormatException or ArgumentException or OverflowException or InvalidOperationException or KeyNotFoundException or IndexOutOfRangeException;

    /// <summary>That a file holds what cannot be understood.</summary>
    public static SqliteLogException OfContents(Exception failure, string path) => new(
        SqliteLogFailure.Damaged,
        $"The log '{path}' is damaged: it holds what no log can ({failure.Message.TrimEnd('.')}). Put a backup back, or go on with what can be read of this file, by 'siar log restore'.",
        failure);

    /// <summary>What a log says of itself after a failure.</summary>
    public static LogHealth HealthOf(SqliteLogException failure) => new(failure.State, failure.Failure switch
    {
        SqliteLogFailure.DiskFull => "There is no room left for the log: make room on its disk, or keep less (retention). Then the hub goes on by itself.",
        SqliteLogFailure.Damaged or SqliteLogFailure.NotALog => "The log's file is damaged: see what can be read with 'siar log verify', and put a backup back by 'siar log restore'.",
        SqliteLogFailure.Gone => "The log's file, or its write-ahead log, was deleted, moved or replaced while the hub has it open: put it back, or stop the hub in order.",
        SqliteLogFailure.InUse => "Another program holds the log's file locked: close it there.",
        _ => "The log's file cannot be read or written to: why is in the hub's log, and the cause in the system's own.",
    }) { Detail = failure.Message };

    public static SqliteLogException Describe(int code, string message, string path)
    {
        var (kind, sentence) = (code & PrimaryCode) switch
        {
            raw.SQLITE_FULL => (SqliteLogFailure.DiskFull,
                $"There is no room left for the log '{path}': make room on its disk, or keep less (retention), and publish again."),
            raw.SQLITE_NOTADB => (SqliteLogFailure.NotALog,
                $"'{path}' is no SQLite file, or its beginning was overwritten: name another file, or put a backup back with 'siar log restore'."),
            raw.SQLITE_CORRUPT => (SqliteLogFailure.Damaged,
                $"The log '{path}' is damaged: see what can be read with 'siar log verify', and go on with it, or with a backup, by 'siar log restore'."),
            raw.SQLITE_CANTOPEN => (SqliteLogFailure.InputOutput,
                $"The log '{path}' cannot be opened: its folder must exist, and the hub must be allowed to write there."),
            raw.SQLITE_READONLY or raw.SQLITE_PERM => (SqliteLogFailure.InputOutput,
                $"The log '{path}' cannot be written to: the hub must be allowed to write to the file and to its folder."),
            raw.SQLITE_BUSY or raw.SQLITE_LOCKED => (SqliteLogFailure.InUse,
                $"Another program holds the log '{path}' locked: close it there and try again."),
            raw.SQLITE_IOERR => (SqliteLogFailure.InputOutput,
                $"The disk of the log '{path}' failed to read or write: look at the system's own log for the cause."),
            _ => (SqliteLogFailure.InputOutput, $"The log '{path}' could not be used."),
        };
        return new SqliteLogException(kind, $"{sentence} (SQLite says: {message}, code {code}.)") { IsConflict = (code & PrimaryCode) == raw.SQLITE_CONSTRAINT, IsOfWrite = code == raw.SQLITE_IOERR_WRITE };
    }
}
