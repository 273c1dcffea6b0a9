namespace Siar.Storage.Sqlite.Opening;

/// <summary>
/// How a restored log takes its file's place, so that it can be gone on with wherever it was interrupted. The log's lock is held.
/// <code>
/// FILE.restoring ──(whole)── FILE.restored-TIME ──(FILE, then what lies beside it, to FILE.replaced-TIME)── FILE
/// </code>
/// As long as FILE is there, nothing has happened yet. Once it is not, FILE.restored-TIME is to take its place.
/// </summary>
internal static class UnfinishedRestoration
{
    private const string Whole = ".restored-";
    private const string Replaced = ".replaced-";

    // The file first: without what lies beside it a log says that it is damaged.
    private static readonly string[] Companions = ["", "-wal", "-shm"];

    /// <summary>Where a restored log is made.</summary>
    public static string MadeAt(string path) => path + ".restoring";

    /// <summary>Goes on with a restoration that was interrupted.</summary>
    /// <exception cref="SqliteLogException">It was interrupted before it had anything that could be gone on with, and there is no other log.</exception>
    public static void Finish(string path)
    {
        if (!TryFinish(path) && Describe(path) is { } unfinished) throw unfinished;
    }

    /// <summary>Goes on with a restoration that was interrupted, where it had come so far that it can be.</summary>
    public static bool TryFinish(string path)
    {
        if (File.Exists(path) || WholeAt(path) is not { } whole) return false;
        Replace(path, whole, null);
        return true;
    }

    /// <summary>Says that a log has no file since a restoration was interrupted; null where that is not so.</summary>
    public static SqliteLogException? Describe(string path)
    {
        if (File.Exists(path) || (WholeAt(path) is null && !File.Exists(MadeAt(path)))) return null;
        return new SqliteLogException(SqliteLogFailure.Damaged, WholeAt(path) is null
            ? $"The restoration of the log '{path}' was interrupted, and there is no log: repeat 'siar log restore' with its backup, or delete '{MadeAt(path)}' to begin with an empty log."
            : $"The restoration of the log '{path}' was interrupted: the next start of a hub finishes it, and so does 'siar log restore'.");
    }

    /// <summary>Puts a log that was made in its place, and what stood there aside.</summary>
    /// <param name="path">The log's file.</param>
    /// <param name="time">Names what is put aside.</param>
    /// <param name="onStep">Called before each step; null for nobody.</param>
    /// <returns>Where the file is now that stood there; null where there was none.</returns>
    public static string? Place(string path, DateTimeOffset time, Action? onStep)
    {
        var stamp = Free(path, $"{time:yyyyMMdd-HHmmss}");
        var isReplaced = File.Exists(path);
        onStep?.Invoke();
        File.Move(MadeAt(path), path + Whole + stamp);
        Replace(path, path + Whole + stamp, onStep);
        return isReplaced ? path + Replaced + stamp : null;
    }

    /// <summary>Deletes what an interrupted restoration has left that is not to be gone on with.</summary>
    public static void Clear(string path)
    {
        foreach (var companion in Companions) File.Delete(MadeAt(path) + companion);
        if (File.Exists(path) && WholeAt(path) is { } whole) File.Delete(whole);
    }

    private static void Replace(string path, string whole, Action? onStep)
    {
        var aside = path + Replaced + whole[(path.Length + Whole.Length)..];
        foreach (var companion in Companions)
        {
            onStep?.Invoke();
            if (File.Exists(path + companion)) File.Move(path + companion, aside + companion);
        }

        onStep?.Invoke();
        File.Move(whole, path);
        onStep?.Invoke();
    }

    private static string? WholeAt(string path) =>
        Directory.Exists(Path.GetDirectoryName(path)) ? Directory.EnumerateFiles(Path.GetDirectoryName(path)!, Path.GetFileName(path) + Whole + "*").Order(StringComparer.Ordinal).LastOrDefault() : null;

    private static string Free(string path, string stamp)
    {
        var free = stamp;
        for (var i = 2; Companions.Any(c => File.Exists(path + Replaced + free + c)); i++) free = $"{stamp}-{i}";
        return free;
    }
}
