namespace Siar.Storage.Sqlite;

/// <summary>A log's file cannot be used as asked. The message is a sentence that says what was wrong and how to go on.</summary>
public sealed class SqliteLogException(SqliteLogFailure failure, string message) : IOException(message)
{
    /// <summary>What went wrong.</summary>
    public SqliteLogFailure Failure { get; } = failure;
}

/// <summary>What can go wrong with a log's file.</summary>
public enum SqliteLogFailure
{
    /// <summary>Another hub has the log open, or another program holds it locked.</summary>
    InUse,

    /// <summary>The file is something else, or its beginning was overwritten.</summary>
    NotALog,

    /// <summary>A later version of Siar made the file.</summary>
    NewerVersion,

    /// <summary>Parts of the file, or of its write-ahead log, are missing or changed.</summary>
    Damaged,

    /// <summary>There is no room left.</summary>
    DiskFull,

    /// <summary>The disk, or the right to use it, failed.</summary>
    InputOutput,
}
