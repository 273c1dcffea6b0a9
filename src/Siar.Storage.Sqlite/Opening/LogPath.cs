namespace Siar.Storage.Sqlite.Opening;

/// <summary>Where a log's file is.</summary>
internal static class LogPath
{
    /// <summary>The full path of the file itself: SQLite names the files beside it after that, not after a symbolic link that leads there.</summary>
    public static string Resolve(string path)
    {
        var full = Path.GetFullPath(path);
        return new FileInfo(full) is { LinkTarget: not null } link ? link.ResolveLinkTarget(returnFinalTarget: true)!.FullName : full;
    }
}
