using Microsoft.Win32.SafeHandles;
using Siar.Storage.Sqlite.Native;

namespace Siar.Storage.Sqlite.Opening;

/// <summary>
/// Keeps a second hub from a log's file, in two ways: by its name, an empty file beside it that is held, and on Linux by the file itself,
/// whatever names it has (hard links, a new name). The operating system lets go of both when the process dies, however it dies. The file's own
/// lock stays as long as the descriptor that has it. But closing any descriptor of the file drops SQLite's own locks within the whole process:
/// so none is opened while the process has the log open, and this one is closed after SQLite's.
/// </summary>
internal sealed class LogFileLock : IDisposable
{
    // The logs that this process has open.
    private static readonly Lock Gate = new();
    private static readonly HashSet<FileIdentity> Held = [];

    private readonly string _path;
    private readonly FileStream? _beside;
    private readonly bool _alone;
    private SafeFileHandle? _file;
    private FileIdentity? _identity;

    private LogFileLock(string path, FileStream? beside, bool alone)
    {
        _path = path;
        _beside = beside;
        _alone = alone;
    }

    /// <summary>The log's own file, open to look at; null where there is none yet, and on systems that cannot say which file it is.</summary>
    public SafeFileHandle? File => _file;

    /// <summary>Takes the lock, for a hub. Where there is no file yet, <see cref="HoldFile"/> must follow when there is.</summary>
    /// <exception cref="SqliteLogException">Another hub has it, or the folder cannot be written to.</exception>
    public static LogFileLock Take(string path)
    {
        var taken = new LogFileLock(path, OpenBeside(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None), alone: true);
        try
        {
            taken.HoldFile();
            return taken;
        }
        catch
        {
            taken.Dispose();
            throw;
        }
    }

    /// <summary>Takes the lock for a look at the files, and makes none.</summary>
    /// <returns>The lock; null where a hub has it.</returns>
    /// <exception cref="SqliteLogException">The files cannot be read.</exception>
    public static LogFileLock? TryTakeToRead(string path)
    {
        LogFileLock? taken = null;
        try
        {
            taken = new LogFileLock(path, System.IO.File.Exists(path + ".lock") ? OpenBeside(path, FileMode.Open, FileAccess.Read, FileShare.Read) : null, alone: false);
            taken.HoldFile();
            return taken;
        }
        catch (SqliteLogException failure) when (failure.Failure is SqliteLogFailure.InUse)
        {
            taken?.Dispose();
            return null;
        }
        catch
        {
            taken?.Dispose();
            throw;
        }
    }

    /// <summary>Holds the log's own file as well, where there is one.</summary>
    /// <exception cref="SqliteLogException">Another hub has it, under this name or another.</exception>
    public void HoldFile()
    {
        if (_file is not null || !LinuxFile.IsSupported) return;
        lock (Gate)
        {
            if (LinuxFile.Of(_path) is not { } status) return;
            if (Held.Contains(status.Identity)) throw InUse(_path);
            _file = OpenFile();
            if (!LinuxFile.TryLock(_file, _alone)) throw InUse(_path);
            _identity = LinuxFile.Of(_file)?.Identity;
            if (_identity is { } identity) Held.Add(identity);
        }
    }

    /// <summary>Lets others have the log, but leaves its file open: SQLite has it too by now.</summary>
    public void Release()
    {
        lock (Gate)
        {
            if (_file is not null) LinuxFile.Unlock(_file);
            if (_identity is { } identity) Held.Remove(identity);
            _identity = null;
        }

        _beside?.Dispose();
    }

    public void Dispose()
    {
        Release();
        _file?.Dispose();
    }

    private SafeFileHandle OpenFile()
    {
        try
        {
            return System.IO.File.OpenHandle(_path, FileMode.Open, _alone ? FileAccess.ReadWrite : FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            throw new SqliteLogException(SqliteLogFailure.InputOutput, $"The log '{_path}' cannot be opened: {failure.Message}", failure);
        }
    }

    private static FileStream OpenBeside(string path, FileMode mode, FileAccess access, FileShare share)
    {
        try
        {
            return new FileStream(path + ".lock", mode, access, share);
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
            throw InUse(path);
        }
    }

    private static SqliteLogException InUse(string path) => new(
        SqliteLogFailure.InUse, $"The log '{path}' is open in another hub, and one hub at a time may have it: stop that one, or give this one a file of its own.");
}
