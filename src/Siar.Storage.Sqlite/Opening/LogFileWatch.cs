using Microsoft.Win32.SafeHandles;
using Siar.Storage.Sqlite.Native;

namespace Siar.Storage.Sqlite.Opening;

/// <summary>
/// Sees when a log's files are deleted, moved, replaced or cut off while they are open, which SQLite does not: it would go on writing to files
/// that nobody finds again. Looks by path at what the open files are. The log's writer calls it; checkpoints may run meanwhile. Sees nothing on
/// other systems than Linux.
/// </summary>
internal sealed class LogFileWatch : IDisposable
{
    private readonly string _path;
    private readonly SafeFileHandle? _file;
    private readonly SafeFileHandle? _ahead;
    private long _aheadBytes;
    private long _fileBytes;

    // Odd while a checkpoint writes to the file, and may make it shorter.
    private int _checkpoints;

    /// <summary>Begins to watch.</summary>
    /// <param name="path">The log's file, open in SQLite.</param>
    /// <param name="file">The same, open to look at; closed by its owner.</param>
    public LogFileWatch(string path, SafeFileHandle? file)
    {
        _path = path;
        _file = file;
        if (file is null) return;

        // SQLite has no lock on this one: closing it drops none.
        if (File.Exists(path + "-wal")) _ahead = File.OpenHandle(path + "-wal", FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
        _fileBytes = LinuxFile.Of(file)?.Length ?? 0;
        NoteWritten();
    }

    /// <summary>Whether a file was cut off: from then on nothing more should be written to either.</summary>
    public bool IsCutOff { get; private set; }

    /// <summary>What has happened to the files; null where nothing has.</summary>
    public SqliteLogException? Look()
    {
        if (_file is null || _ahead is null) return null;
        if (IsCutOff || IsShort()) return CutOff();
        if (!IsAt(_path, _file)) return Gone($"The file of the log '{_path}' was deleted, moved or replaced while the hub has it open: put it back in its place, or stop the hub. What is appended to it is lost where it was deleted.");
        return IsAt(_path + "-wal", _ahead)
            ? null
            : Gone($"The write-ahead log of '{_path}', the file with '-wal' at the end, was deleted, moved or replaced while the hub has it open: stop the hub in order, which puts all of it into the log's file, and start it again.");
    }

    /// <summary>The writer has written to the write-ahead log, or begun it at its start again: it alone makes it longer and shorter.</summary>
    public void NoteWritten()
    {
        if (_ahead is not null && LinuxFile.Of(_ahead) is { } status) _aheadBytes = status.Length;
    }

    /// <summary>A checkpoint begins. One runs at a time.</summary>
    public void BeginCheckpoint() => Interlocked.Increment(ref _checkpoints);

    /// <summary>The checkpoint has ended.</summary>
    public void EndCheckpoint()
    {
        if (_file is not null && LinuxFile.Of(_file) is { } status) Volatile.Write(ref _fileBytes, status.Length);
        Interlocked.Increment(ref _checkpoints);
    }

    public void Dispose() => _ahead?.Dispose();

    // The file changes in checkpoints only.
    private bool IsShort()
    {
        var before = Volatile.Read(ref _checkpoints);
        var isShort = LinuxFile.Of(_file!) is { } file && file.Length < Volatile.Read(ref _fileBytes) && (before & 1) == 0 && before == Volatile.Read(ref _checkpoints);
        return isShort || (LinuxFile.Of(_ahead!) is { } ahead && ahead.Length < _aheadBytes);
    }

    private static bool IsAt(string path, SafeFileHandle open) => LinuxFile.Of(path) is { } there && LinuxFile.Of(open) is { } ours && there.Identity == ours.Identity;

    private SqliteLogException CutOff()
    {
        IsCutOff = true;
        return new SqliteLogException(
            SqliteLogFailure.Damaged,
            $"The log '{_path}', or its write-ahead log, was cut off while the hub has it open: stop the hub, and put a backup back, or go on with what can be read of this file, by 'siar log restore'.");
    }

    private static SqliteLogException Gone(string sentence) => new(SqliteLogFailure.Gone, sentence);
}
