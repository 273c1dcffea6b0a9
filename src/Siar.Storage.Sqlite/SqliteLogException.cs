using Siar.Hub;

namespace Siar.Storage.Sqlite;

/// <summary>A log's file cannot be used as asked. The message is a sentence that says what was wrong and how to go on.</summary>
/// <param name="failure">What went wrong.</param>
/// <param name="message">What was wrong, where, and what to do.</param>
/// <param name="inner">What it came of; null where it is known here first.</param>
public sealed class SqliteLogException(SqliteLogFailure failure, string message, Exception? inner = null)
    : LogUnavailableException(StateOf(failure), message, inner)
{
    /// <summary>What went wrong.</summary>
    public SqliteLogFailure Failure { get; } = failure;

    /// <summary>Whether a row is there already that was to be inserted.</summary>
    internal bool IsConflict { get; init; }

    /// <summary>Whether a write itself failed: then a commit is not whole.</summary>
    internal bool IsOfWrite { get; init; }

    /// <summary>The same, but what was to be kept may be there.</summary>
    internal SqliteLogException WithUnknownOutcome() => new(Failure, Message, this) { MayBeKept = true };

    private static LogState StateOf(SqliteLogFailure failure) => failure switch
    {
        SqliteLogFailure.DiskFull => LogState.Full,
        SqliteLogFailure.Damaged or SqliteLogFailure.NotALog => LogState.Damaged,
        _ => LogState.Unavailable,
    };
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

    /// <summary>The file, or its write-ahead log, was deleted, moved or replaced while the log was open.</summary>
    Gone,

    /// <summary>The disk, or the right to use it, failed.</summary>
    InputOutput,
}
