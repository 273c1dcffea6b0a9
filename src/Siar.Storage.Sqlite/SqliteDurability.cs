namespace Siar.Storage.Sqlite;

/// <summary>What an acknowledged event survives.</summary>
public enum SqliteDurability
{
    /// <summary>
    /// The computer's loss of power, and so everything below it: each commit is on the disk before its publishers are answered
    /// (<c>synchronous=FULL</c>).
    /// </summary>
    PowerLoss,

    /// <summary>
    /// The death of the process, not of the computer: the operating system writes commits to the disk in its own time
    /// (<c>synchronous=NORMAL</c>). Several times faster. After an unclean stop the log cannot know what was lost and begins a new epoch.
    /// </summary>
    ProcessDeath,
}
