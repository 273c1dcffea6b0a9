using System.Collections.Immutable;
using Siar.Hub;
using Siar.Storage.Sqlite.Epochs;
using Siar.Storage.Sqlite.Integrity;
using Siar.Storage.Sqlite.Native;
using Siar.Storage.Sqlite.Opening;
using Siar.Storage.Sqlite.Reading;
using Siar.Storage.Sqlite.Schema;
using Siar.Storage.Sqlite.Writing;
using Siar.Topics;

namespace Siar.Storage.Sqlite;

/// <summary>Reads a log's file from outside the hub, and leaves the files as they were. Used by one thread.</summary>
internal sealed class LogFileReader : IDisposable
{
    private readonly LogFilesBefore _before;
    private readonly EventRows _rows;

    private LogFileReader(LogFilesBefore before, Database database, EpochHistory epochs)
    {
        _before = before;
        Database = database;
        Epochs = epochs;
        _rows = new EventRows(database, epochs, new TopicNames());
        KnowsAbsent = LogSchema.VersionOf(database) >= 6;
    }

    public Database Database { get; }

    public EpochHistory Epochs { get; }

    /// <summary>Opens a log.</summary>
    /// <exception cref="SqliteLogException">There is none, it cannot be read, or it is damaged, as a hub would say that is to go on with it.</exception>
    public static LogFileReader Open(string path) => Open(path, EpochHistory.Read, mayBeDamaged: false);

    /// <summary>Opens a log of which perhaps not everything can be read.</summary>
    /// <param name="path">The file.</param>
    /// <param name="readEpochs">Reads its lives.</param>
    /// <exception cref="SqliteLogException">There is none, or nothing of it can be read.</exception>
    public static LogFileReader OpenDamaged(string path, Func<Database, EpochHistory> readEpochs) => Open(path, readEpochs, mayBeDamaged: true);

    private static LogFileReader Open(string path, Func<Database, EpochHistory> readEpochs, bool mayBeDamaged)
    {
        path = LogPath.Resolve(path);
        if (UnfinishedRestoration.Describe(path) is { } unfinished) throw unfinished;
        if (!File.Exists(path)) throw new SqliteLogException(SqliteLogFailure.InputOutput, $"There is no file '{path}': name the log's file.");
        var before = LogFilesBefore.Examine(path, mayBeDamaged);
        Database? database = null;
        try
        {
            database = Database.Open(path, DatabaseAccess.Read);
            database.KeepWriteAheadLog(true);
            LogSchema.Recognise(database);
            if (!mayBeDamaged) before.CheckWriteAheadLog(database);
            return new LogFileReader(before, database, readEpochs(database));
        }
        catch
        {
            database?.Dispose();
            before.Dispose();
            throw;
        }
        finally
        {
            before.LetHubsOpen();
        }
    }

    /// <summary>Whether the file says which positions have no event any more.</summary>
    public bool KnowsAbsent { get; }

    /// <summary>All events in order, each with what else its row says.</summary>
    /// <exception cref="SqliteLogException">One is missing, or cannot be read.</exception>
    public IEnumerable<(LoggedEvent Event, EventFlags Flags)> ReadInOrder(long after)
    {
        using var sequence = KnowsAbsent ? new EventSequence(Database) : null;
        Database.Execute("BEGIN");
        try
        {
            var before = after;
            foreach (var row in ReadRows(after))
            {
                sequence?.Check(before, row.Event.Position);
                before = row.Event.Position;
                yield return row;
            }

            sequence?.CheckEnd(before, LogContents.HeadOf(Database));
        }
        finally
        {
            Database.RollBack();
        }
    }

    /// <summary>Events after a position as they are found, each with what else its row says.</summary>
    public IEnumerable<(LoggedEvent Event, EventFlags Flags)> ReadRows(long after)
    {
        using var rows = Database.Prepare($"SELECT {EventRows.Columns} FROM event WHERE position > ?1 ORDER BY position");
        rows.Bind(1, after);
        while (rows.Step()) yield return (_rows.Read(rows, _rows.Topics(rows)), EventRows.Flags(rows));
    }

    /// <summary>The events that are kept for their key alone.</summary>
    public IEnumerable<(LoggedEvent Event, EventFlags Flags)> ReadSurvivors()
    {
        using var rows = Database.Prepare($"SELECT {EventRows.Columns} FROM survivor ORDER BY position");
        while (rows.Step()) yield return (_rows.Read(rows, _rows.Topics(rows)), EventRows.Flags(rows));
    }

    public void CopyInto(string target)
    {
        if (File.Exists(target)) throw new SqliteLogException(SqliteLogFailure.InputOutput, $"'{target}' is there already: name a file that is not.");
        using var copy = Database.Prepare("VACUUM INTO ?1");
        copy.Bind(1, target).Run();
    }

    public LogSummary Summarise(int topics) => new(
        Database.Path,
        Length(Database.Path) + Length(Database.Path + "-wal"),
        (int)Number("PRAGMA user_version"),
        LogContents.HeadOf(Database),
        Number("SELECT count(*) FROM event"),
        Number("SELECT ifnull(sum(length(data)), 0) FROM event"),
        Number("SELECT count(*) FROM topic"),
        One("SELECT position, time FROM event ORDER BY position LIMIT 1"),
        One("SELECT position, time FROM event ORDER BY position DESC LIMIT 1"),
        [.. Epochs.Spans.Select(s => new EpochSummary(s.Name, s.After, s.Through))],
        ReadAll("SELECT prefix, trimmed FROM retention ORDER BY prefix", row => new ClassSummary(row.Text(0), row.Number(1))),
        ReadAll(
            $"""
            WITH found (topic, position) AS (
                SELECT topic, position FROM event_topic
                UNION ALL SELECT topic, position FROM event WHERE position > (SELECT through FROM indexed)
                UNION ALL SELECT each.value, position FROM event, json_each('[' || alternates || ']') AS each
                    WHERE position > (SELECT through FROM indexed) AND alternates IS NOT NULL)
            SELECT t.name, count(*) AS events, min(position), max(position)
            FROM found JOIN topic AS t ON t.id = found.topic GROUP BY found.topic ORDER BY events DESC, t.name LIMIT {topics}
            """,
            row => new TopicSummary(Topic.Parse(row.Text(0)), row.Number(1), row.Number(2), row.Number(3))));

    public void Dispose()
    {
        _rows.Dispose();
        Database.Dispose();
        _before.Dispose();
    }

    private static long Length(string path) => new FileInfo(path) is { Exists: true } file ? file.Length : 0;

    private long Number(string sql) => Database.ReadNumber(sql) ?? 0;

    private EventSummary? One(string sql)
    {
        var found = ReadAll(sql, row => new EventSummary(row.Number(0), DateTimeOffset.FromUnixTimeMilliseconds(row.Number(1))));
        return found.IsEmpty ? null : found[0];
    }

    private ImmutableArray<T> ReadAll<T>(string sql, Func<Statement, T> read)
    {
        var all = ImmutableArray.CreateBuilder<T>();
        using var rows = Database.Prepare(sql);
        while (rows.Step()) all.Add(read(rows));
        return all.DrainToImmutable();
    }
}
