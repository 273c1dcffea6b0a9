namespace Siar.Storage.Sqlite.Opening;

/// <summary>
/// Keeps a second hub from a log's file: an empty file beside it, held as long as the log is open. The operating system lets go of it when
/// the process dies, however it dies. (The log's own file cannot be held so: closing it anywhere in the process would drop SQLite's locks.)
/// </summary>
internal sealed class LogFileLock : IDisposable
{
    private readonly FileStream _file;

    private LogFileLock(FileStream file) => _file = file;

    /// <summary>Takes the lock.</summary>
    /// <exception cref="SqliteLogException">Another hub has it, or the folder cannot be written to.</exception>
    public static LogFileLock Take(string path)
    {
        try
        {
            return new LogFileLock(new FileStream(path + ".lock", FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None));
        }
        catch (DirectoryNotFoundException)
        {
            throw new SqliteLogException(SqliteLogFailure.InputOutput, $"The folder of the log '{path}' does not exist: make it, or name another.");
        }
        catch (UnauthorizedAccessException)
        {
            throw new SqliteLogException(
                SqliteLogFailure.InputOutput, $"The hub may not write to the folder of the log '{path}': allow it, or name another.");
        }
        catch (IOException)
        {
            throw new SqliteLogException(
                SqliteLogFailure.InUse, $"The log '{path}' is open in another hub, and one hub at a time may have it: stop that one, or give this one a file of its own.");
        }
    }

    public void Dispose() => _file.Dispose();
}
