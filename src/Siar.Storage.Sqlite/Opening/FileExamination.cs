using System.Buffers.Binary;

namespace Siar.Storage.Sqlite.Opening;

/// <summary>
/// Looks at a log's files before SQLite opens them, since opening them would cover the traces. Nobody may have the log open meanwhile:
/// the log's lock is held.
/// </summary>
internal sealed class FileExamination
{
    private const int HeaderBytes = 100;
    private readonly string _path;
    private readonly WriteAheadLog _ahead;
    private readonly string? _cutOff;
    private readonly bool _isEmptied;

    private FileExamination(string path)
    {
        _path = path;
        _ahead = WriteAheadLog.Read(path + "-wal");
        _isEmptied = new FileInfo(path) is not { Exists: true, Length: > 0 } && !_ahead.IsMissing;
        _cutOff = FindCutOff();
    }

    public static FileExamination Of(string path) => new(path);

    /// <summary>What is wrong with the file itself; null where nothing is seen.</summary>
    public SqliteLogException? OfFile()
    {
        if (_cutOff is not null) return Damaged(_cutOff);
        return !_isEmptied
            ? null
            : new SqliteLogException(
                SqliteLogFailure.Damaged,
                $"The log '{_path}' is damaged: the file is empty, though its write-ahead log, the file with '-wal' at the end, is not. What stands there cannot be read without the file: put the file back, or a backup, by 'siar log restore'.");
    }

    /// <summary>What is wrong where the file has nothing in it, so that SQLite would delete the write-ahead log beside it; null where it has.</summary>
    public SqliteLogException? OfEmptyFile()
    {
        if (new FileInfo(_path) is { Exists: true, Length: > 0 }) return null;
        return OfFile() ?? new SqliteLogException(SqliteLogFailure.NotALog, $"The file '{_path}' is empty, and no log: name the log's file, or put a backup back by 'siar log restore'.");
    }

    /// <summary>What is wrong with the write-ahead log; null where nothing is.</summary>
    /// <param name="wasLeftOpen">Whether the file says that the log was not closed in order.</param>
    /// <param name="wasFullyDurable">Whether each commit was on the disk before the next was written.</param>
    public SqliteLogException? OfWriteAheadLog(bool wasLeftOpen, bool wasFullyDurable)
    {
        if (wasLeftOpen && _ahead.IsMissing)
        {
            return Damaged(
                "it was not closed in order, and its write-ahead log, the file with '-wal' at the end, is gone: what was appended last is lost, as in a copy of the file alone, made while a hub had it open");
        }

        if (!wasFullyDurable || _ahead.DamagedAt is not { } frame) return null;
        return Damaged(frame == 0
            ? "its write-ahead log, the file with '-wal' at the end, was overwritten at its beginning: what was appended last is lost"
            : $"its write-ahead log, the file with '-wal' at the end, was changed in frame {frame}: what was appended after the {_ahead.Commits} commits before it is lost");
    }

    private string? FindCutOff()
    {
        var file = new FileInfo(_path);
        if (!file.Exists || file.Length == 0) return null;

        var header = new byte[HeaderBytes];
        using (var stream = new FileStream(_path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete))
        {
            if (stream.ReadAtLeast(header, HeaderBytes, throwOnEndOfStream: false) < HeaderBytes) return "the file ends within its first page";
        }

        // What is no SQLite file at all, SQLite itself says.
        if (!header.AsSpan().StartsWith("SQLite format 3\0"u8)) return null;
        var written = BinaryPrimitives.ReadUInt16BigEndian(header.AsSpan(16));
        var pageSize = written == 1 ? 65_536 : Math.Max((int)written, 512);
        return FindMissingPage(file.Length / pageSize, BinaryPrimitives.ReadUInt32BigEndian(header.AsSpan(28)));
    }

    // A page may be missing from the file only while it stands in the write-ahead log.
    private string? FindMissingPage(long pages, uint pagesInHeader)
    {
        var expected = _ahead.PagesAfter > 0 ? _ahead.PagesAfter : pagesInHeader;
        for (var page = pages + 1; page <= expected; page++)
        {
            if (!_ahead.Contains((uint)page)) return $"the file is cut off: it should have {expected} pages and has {pages}";
        }

        return null;
    }

    private SqliteLogException Damaged(string what) => new(
        SqliteLogFailure.Damaged,
        $"The log '{_path}' is damaged: {what}. Put a backup back, or go on with what can be read of this file, by 'siar log restore': either begins a new epoch, so that readers are told the gap.");
}
