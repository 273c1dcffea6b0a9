using Siar.Storage.Sqlite.Native;
using Siar.Storage.Sqlite.Opening;

namespace Siar.Storage.Sqlite;

/// <summary>
/// A log's files before SQLite opens them, which writes even where it is only to read: it deletes the write-ahead log beside an empty file, and
/// makes files of its own. Where no hub has the log, they are examined first, and what SQLite made is taken away again. Where one has, it
/// watches them itself, and they must not be touched.
/// </summary>
internal sealed class LogFilesBefore : IDisposable
{
    private static readonly string[] Made = ["-shm", "-wal"];

    private readonly string _path;
    private readonly LogFileLock? _held;
    private readonly FileExamination? _examination;
    private readonly List<string> _missing = [];

    private LogFilesBefore(string path, LogFileLock? held)
    {
        _path = path;
        _held = held;
        if (held is null) return;
        _examination = FileExamination.Of(path);
        _missing.AddRange(Made.Select(end => path + end).Where(file => !File.Exists(file)));
    }

    /// <summary>Looks at the files.</summary>
    /// <param name="path">The log's file.</param>
    /// <param name="mayBeDamaged">Whether a file is good enough of which something can be read.</param>
    /// <exception cref="SqliteLogException">They are damaged, or to open them would destroy something.</exception>
    public static LogFilesBefore Examine(string path, bool mayBeDamaged)
    {
        var held = LogFileLock.TryTakeToRead(path);
        try
        {
            var before = new LogFilesBefore(path, held);
            if (before._examination is not { } examination) return before;
            if (!mayBeDamaged && examination.OfFile() is { } damage) throw damage;
            if (examination.OfEmptyFile() is { } empty) throw empty;
            return before;
        }
        catch
        {
            held?.Dispose();
            throw;
        }
    }

    /// <summary>Looks at the write-ahead log, now that the file says how it was left.</summary>
    /// <exception cref="SqliteLogException">Some of it is lost.</exception>
    public void CheckWriteAheadLog(Database database)
    {
        // A backup has none: it is copied out of a log that is open, into a file of SQLite's older mode.
        if (database.ReadText("PRAGMA journal_mode") != "wal") return;
        if (_examination?.OfWriteAheadLog(LogSettings.WasLeftOpen(database), LogSettings.WasFullyDurable(database)) is { } damage) throw damage;
    }

    /// <summary>SQLite has the files open, and keeps others from what it reads.</summary>
    public void LetHubsOpen() => _held?.Release();

    /// <summary>SQLite has closed the files.</summary>
    public void Dispose()
    {
        _held?.Dispose();
        if (_missing.Count == 0) return;
        using var held = LogFileLock.TryTakeToRead(_path);
        if (held is null) return;
        foreach (var made in _missing)
        {
            if (made.EndsWith("-shm", StringComparison.Ordinal) || new FileInfo(made) is { Exists: true, Length: 0 }) File.Delete(made);
        }
    }
}
