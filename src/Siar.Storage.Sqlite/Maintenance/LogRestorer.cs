using Siar.Hub;
using Siar.Storage.Sqlite.Epochs;
using Siar.Storage.Sqlite.Native;
using Siar.Storage.Sqlite.Opening;
using Siar.Storage.Sqlite.Schema;

namespace Siar.Storage.Sqlite;

/// <summary>
/// Puts a log back: copies what can be read into a new file, ends the lives that the files know of where the copy ends, begins a new one,
/// and takes the old file's place.
/// </summary>
internal static class LogRestorer
{
    /// <summary>Puts a log back.</summary>
    /// <param name="source">The backup, or the damaged file.</param>
    /// <param name="path">The log's file.</param>
    /// <param name="time">The clock that names what is put aside.</param>
    /// <param name="onStep">Called before each step that is not to be interrupted; null for nobody. For tests that do.</param>
    public static LogRestoration Restore(string source, string path, TimeProvider time, Action? onStep = null)
    {
        using var held = LogFileLock.Take(path);
        UnfinishedRestoration.TryFinish(path);
        UnfinishedRestoration.Clear(path);
        try
        {
            onStep?.Invoke();
            var restoration = Make(source, path, UnfinishedRestoration.MadeAt(path), onStep);
            return restoration with { PutAside = UnfinishedRestoration.Place(path, time.GetUtcNow(), onStep) };
        }
        catch
        {
            UnfinishedRestoration.Clear(path);
            throw;
        }
    }

    private static LogRestoration Make(string source, string replaced, string made, Action? onStep)
    {
        // SQLite would delete what lies beside it.
        if (new FileInfo(source) is { Exists: true, Length: 0 }) throw FileExamination.Of(source).OfEmptyFile()!;
        using var from = LogFileReader.OpenDamaged(source, ReadEpochs);
        using var to = Database.Open(made, DatabaseAccess.Create);
        LogSchema.Found(to);
        LogSchema.Migrate(to);
        using var copy = new LogCopy(from, to);
        to.Transact(() => copy.CopyEvents());
        onStep?.Invoke();
        to.Transact(() =>
        {
            copy.CopyRetention();
            copy.CopyPromises();
            copy.NoteAbsent();
            WriteEpochs(to, from.Epochs, replaced == source ? null : TryReadEpochs(replaced), copy.Head);
        });
        to.Checkpoint(CheckpointKind.Empty);
        return new LogRestoration(copy.Events, copy.Head, EpochHistory.Read(to).Current, [.. copy.Lost], copy.IsCutOff, PutAside: null);
    }

    /// <summary>
    /// Writes the lives that the source knows of, and those that only the replaced file knows: of what they gave out the new log holds as
    /// much as came before they began, and what it holds itself.
    /// </summary>
    private static void WriteEpochs(Database to, EpochHistory source, EpochHistory? replaced, long head)
    {
        using var insert = to.Prepare("INSERT INTO epoch (name, after, through) VALUES (?1, ?2, ?3)");
        foreach (var span in source.Spans) Insert(span, Math.Min(span.Through ?? head, head));
        foreach (var span in replaced?.Spans ?? [])
        {
            if (!source.Spans.Any(s => s.Name == span.Name)) Insert(span, Math.Min(span.After, head));
        }

        EpochHistory.BeginNew(to, head, Epoch.New());

        void Insert(EpochSpan span, long through) =>
            insert.Bind(1, span.Name.Value).Bind(2, Math.Min(span.After, head)).Bind(3, through).Run();
    }

    // Where the lives cannot be read, the events belong to one that nobody has heard of.
    private static EpochHistory ReadEpochs(Database database)
    {
        try
        {
            return EpochHistory.Read(database);
        }
        catch (SqliteLogException)
        {
            return new EpochHistory([new EpochSpan(Epoch.New(), 0, null)]);
        }
    }

    private static EpochHistory? TryReadEpochs(string path)
    {
        try
        {
            // To open an empty file would cost what lies beside it.
            if (new FileInfo(path) is not { Exists: true, Length: > 0 }) return null;
            using var file = LogFileReader.OpenDamaged(path, EpochHistory.Read);
            return file.Epochs;
        }
        catch (SqliteLogException)
        {
            return null;
        }
    }
}
