using Siar.Storage.Sqlite.Epochs;
using Siar.Storage.Sqlite.Integrity;
using Siar.Storage.Sqlite.Opening;

namespace Siar.Storage.Sqlite;

/// <summary>Looks at everything in a log.</summary>
internal static class LogVerifier
{
    private const int MaxProblems = 100;

    public static LogVerdict Verify(string path)
    {
        path = LogPath.Resolve(path);
        var problems = new List<string>();
        var examination = Examine(path);
        Note(problems, examination?.OfFile());
        var events = 0L;
        try
        {
            using var file = LogFileReader.OpenDamaged(path, EpochHistory.Read);
            var database = file.Database;
            Note(problems, examination?.OfWriteAheadLog(LogSettings.WasLeftOpen(database), LogSettings.WasFullyDurable(database)));
            AddRows(problems, file, $"PRAGMA integrity_check({MaxProblems})", "ok", row => $"SQLite finds: {row}.");
            events = new SalvageReader(file, file.ReadInOrder).ReadAll((_, _) => { }, range => problems.Add(Unreadable(range)), after => problems.Add($"Nothing after position {after} can be read."));
            CheckTables(problems, file);
        }
        catch (SqliteLogException failure) when (failure.Failure is SqliteLogFailure.Damaged or SqliteLogFailure.InputOutput && File.Exists(path))
        {
            Note(problems, failure);
        }

        return new LogVerdict(events, [.. problems.Distinct().Take(MaxProblems)], examination is not null);
    }

    // What a hub that has the log open watches itself is not looked at.
    private static FileExamination? Examine(string path)
    {
        using var held = File.Exists(path) ? LogFileLock.TryTakeToRead(path) : null;
        return held is null ? null : FileExamination.Of(path);
    }

    private static void CheckTables(List<string> problems, LogFileReader file)
    {
        if (file.KnowsAbsent && new IndexAudit(file.Database, () => false).IsSound() is false)
            problems.Add("The tables that say which topics there are and where their events are, are not what was written.");
        AddRows(
            problems,
            file,
            $"SELECT position FROM event WHERE position <= (SELECT through FROM indexed) AND NOT EXISTS (SELECT 1 FROM event_topic AS t WHERE t.topic = event.topic AND t.position = event.position) LIMIT {MaxProblems}",
            null,
            row => $"The event at position {row} is not found by its topic.");
        AddRows(
            problems,
            file,
            $"SELECT position FROM event_topic AS t WHERE NOT EXISTS (SELECT 1 FROM event AS e WHERE e.position = t.position) LIMIT {MaxProblems}",
            null,
            row => $"A topic names position {row}, where there is no event.");
        AddRows(
            problems,
            file,
            $"SELECT id FROM publisher_id AS i WHERE NOT EXISTS (SELECT 1 FROM event AS e WHERE e.position = i.position AND e.id = i.id) LIMIT {MaxProblems}",
            null,
            row => $"The id '{row}' leads to an event that does not have it.");
    }

    private static void AddRows(List<string> problems, LogFileReader file, string sql, string? well, Func<string, string> describe)
    {
        using var rows = file.Database.Prepare(sql);
        while (rows.Step())
        {
            if (rows.Text(0) != well) problems.Add(describe(rows.Text(0)));
        }
    }

    private static string Unreadable(LostRange range) => range.From == range.Through
        ? $"The event at position {range.From} cannot be read, or is not what was appended."
        : $"The events at positions {range.From} to {range.Through} cannot be read.";

    private static void Note(List<string> problems, SqliteLogException? problem)
    {
        if (problem is not null) problems.Add(problem.Message);
    }
}
