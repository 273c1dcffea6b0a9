using System.Collections.Immutable;

namespace Siar.Storage.Sqlite;

/// <summary>What a look at every page and every event of a log has found.</summary>
/// <param name="Events">How many events are as they were appended.</param>
/// <param name="Problems">What is wrong, a sentence each; empty where all is well.</param>
/// <param name="IsComplete">False where a hub had the log open, so that its files could be looked at through SQLite only.</param>
public sealed record LogVerdict(long Events, ImmutableArray<string> Problems, bool IsComplete)
{
    /// <summary>Whether nothing is wrong.</summary>
    public bool IsSound => Problems.IsEmpty;
}
