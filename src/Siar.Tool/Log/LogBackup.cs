using Siar.Storage.Sqlite;

namespace Siar.Tool;

/// <summary><c>siar log backup</c>: a log's copy in a file of its own.</summary>
internal static class LogBackup
{
    public static int Run(string file, string target, TextWriter output)
    {
        SqliteLogFile.BackUp(file, target);
        output.WriteLine($"siar log backup: {Path.GetFullPath(target)} has {SqliteLogFile.Inspect(target, 0).Events:N0} events.");
        return ExitCode.Ok;
    }
}
