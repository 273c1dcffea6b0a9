using Siar.Hub;
using Siar.Storage.Sqlite.Opening;

namespace Siar.Storage.Sqlite;

/// <summary>
/// Looks at a log's file, and mends it, from outside the hub. All but <see cref="Restore"/> only read, also while a hub has the log open.
/// Safe for concurrent use.
/// </summary>
public static class SqliteLogFile
{
    /// <summary>Sums up what is in a log.</summary>
    /// <param name="path">The log's file.</param>
    /// <param name="topics">How many topics to name at most, those with the most events first.</param>
    /// <exception cref="SqliteLogException">The file is no log, or cannot be read.</exception>
    public static LogSummary Inspect(string path, int topics = 20)
    {
        using var file = LogFileReader.Open(path);
        return file.Summarise(topics);
    }

    /// <summary>Reads a log's events one by one, oldest first, as they were when the reading began.</summary>
    /// <param name="path">The log's file.</param>
    /// <param name="after">Events with a higher position; 0 for all.</param>
    /// <exception cref="SqliteLogException">The file is no log, or cannot be read; also in the midst of it, where an event is damaged.</exception>
    public static IEnumerable<LoggedEvent> Read(string path, long after = 0)
    {
        using var file = LogFileReader.Open(path);
        foreach (var (logged, _) in file.ReadInOrder(after)) yield return logged;
    }

    /// <summary>Looks at every page and every event of a log.</summary>
    /// <returns>What is wrong, if anything.</returns>
    /// <exception cref="SqliteLogException">There is no such file, or no log in it.</exception>
    public static LogVerdict Verify(string path) => LogVerifier.Verify(path);

    /// <summary>Copies a log into a file of its own, as it is at one moment, without the space that is free in it.</summary>
    /// <param name="path">The log's file; a hub may have it open.</param>
    /// <param name="target">The copy; must not be there yet.</param>
    /// <exception cref="SqliteLogException">The log cannot be read, or the copy not written.</exception>
    public static void BackUp(string path, string target)
    {
        using var file = LogFileReader.Open(path);
        file.CopyInto(Path.GetFullPath(target));
    }

    /// <summary>Reads a log as a whole, to put it into another engine. No hub may have it open; none can, until the image is disposed of.</summary>
    /// <param name="path">The log's file.</param>
    /// <exception cref="SqliteLogException">A hub has the log open, or it cannot be read.</exception>
    public static ILogImage ReadImage(string path) => FileImage.Open(path, plan: null);

    /// <summary>Makes a log of an image, as a whole or not at all. It begins a new epoch behind the image's head.</summary>
    /// <param name="image">The image.</param>
    /// <param name="path">The log's file, which must not be there yet.</param>
    /// <param name="cancellationToken">Ends the writing; no file is left.</param>
    /// <exception cref="SqliteLogException">The file is there, or cannot be written.</exception>
    public static Task WriteImageAsync(ILogImage image, string path, CancellationToken cancellationToken = default) =>
        ImageFile.WriteAsync(image, LogPath.Resolve(path), finish: null, cancellationToken);

    /// <summary>
    /// Puts a log back from a backup, or from a damaged file (also from itself): all of it that can be read, under a new epoch, so that
    /// readers who have seen more are told a gap. What stood there before is kept beside it, under a name that says when.
    /// </summary>
    /// <param name="source">The backup, or the damaged file.</param>
    /// <param name="path">The log's file. No hub may have it open.</param>
    /// <param name="time">The clock that names what is put aside.</param>
    /// <exception cref="SqliteLogException">A hub has the log open, or nothing can be read of the source.</exception>
    public static LogRestoration Restore(string source, string path, TimeProvider time) =>
        LogRestorer.Restore(LogPath.Resolve(source), LogPath.Resolve(path), time);
}
