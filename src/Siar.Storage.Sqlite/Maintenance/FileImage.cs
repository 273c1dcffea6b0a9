using System.Collections.Immutable;
using System.Buffers.Binary;
using System.Runtime.CompilerServices;
using Siar.Hub;
using Siar.Storage.Sqlite.Native;
using Siar.Storage.Sqlite.Opening;
using Siar.Storage.Sqlite.Schema;
using Siar.Storage.Sqlite.Writing;
using Siar.Topics;
using Siar.Wire;

namespace Siar.Storage.Sqlite;

/// <summary>A log in a file, as an image. No hub has the file meanwhile.</summary>
internal sealed class FileImage : ILogImage
{
    private readonly LogFileLock _held;
    private readonly LogFileReader _file;

    private FileImage(LogFileLock held, LogFileReader file, RetentionPlan? plan)
    {
        _held = held;
        _file = file;
        var database = file.Database;
        Summary = new LogImageSummary(
            LogContents.HeadOf(database),
            [.. file.Epochs.Spans.Select(s => new ImageEpoch(s.Name, s.After, s.Through))],
            plan,
            ReadAll("SELECT prefix, trimmed, trimmed_alternate, floor, alternate_floor FROM retention", row => new ImageClass(row.Text(0), row.Number(1), row.Number(2), row.Number(3), row.Number(4))),
            ReadAll("SELECT prefix, topic, private, position, id FROM trimmed_topic ORDER BY position", row =>
                (row.Text(0), new TrimmedTopic(Topic.Parse(row.Text(1)), row.Number(2) != 0, row.Number(3), row.TextOrNull(4) is { } id ? EventId.Parse(id) : default))),
            ReadAll("SELECT topic, position, time, private FROM closing ORDER BY position", row => (Topic.Parse(row.Text(0)), new Closing(row.Number(1), TimeOf(row.Number(2)), row.Number(3) != 0))),
            ReadAll("SELECT position, time FROM clock_step ORDER BY position", row => new ClockStep(row.Number(0), TimeOf(row.Number(1)))));
    }

    /// <summary>Opens a log, and keeps hubs from it.</summary>
    /// <param name="path">The file.</param>
    /// <param name="plan">By which it is trimmed, where that is known.</param>
    public static FileImage Open(string path, RetentionPlan? plan)
    {
        path = LogPath.Resolve(path);
        if (!File.Exists(path)) throw new SqliteLogException(SqliteLogFailure.InputOutput, $"There is no file '{path}': name the log's file.");
        var held = LogFileLock.Take(path);
        LogFileReader? file = null;
        try
        {
            file = LogFileReader.Open(path);
            if (LogSchema.VersionOf(file.Database) < LogSchema.Current)
                throw new SqliteLogException(SqliteLogFailure.InputOutput, $"The log '{path}' is of an older version: let a hub of this one open it once, which brings it up to date.");
            return new FileImage(held, file, plan);
        }
        catch
        {
            file?.Dispose();
            held.Dispose();
            throw;
        }
    }

    /// <inheritdoc />
    public LogImageSummary Summary { get; }

    /// <inheritdoc />
    public IAsyncEnumerable<ImageEvent> ReadEventsAsync(CancellationToken cancellationToken) => AsImage(_file.ReadInOrder(0), cancellationToken);

    /// <inheritdoc />
    public IAsyncEnumerable<ImageEvent> ReadCompactedEventsAsync(CancellationToken cancellationToken) => AsImage(_file.ReadSurvivors(), cancellationToken);

    /// <inheritdoc />
    public async IAsyncEnumerable<ImageKey> ReadKeysAsync([EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await Task.CompletedTask;
        using var rows = _file.Database.Prepare("SELECT scope, key, fingerprint, position, time, expires FROM idempotency ORDER BY ordinal");
        while (rows.Step())
        {
            cancellationToken.ThrowIfCancellationRequested();
            yield return new ImageKey(rows.Text(0), rows.Text(1), default, BinaryPrimitives.ReadUInt128BigEndian(rows.Blob(2)), rows.Number(3), TimeOf(rows.Number(4)), TimeOf(rows.Number(5)));
        }
    }

    /// <inheritdoc />
    public ValueTask DisposeAsync()
    {
        _file.Dispose();
        _held.Dispose();
        return ValueTask.CompletedTask;
    }

    // The rows are read by the calling thread: a file has nothing to wait for that could be waited for otherwise.
    private static async IAsyncEnumerable<ImageEvent> AsImage(IEnumerable<(LoggedEvent Event, EventFlags Flags)> rows, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await Task.CompletedTask;
        foreach (var (logged, flags) in rows)
        {
            cancellationToken.ThrowIfCancellationRequested();
            yield return new ImageEvent(logged, !flags.HasFlag(EventFlags.RepeatsId));
        }
    }

    private ImmutableArray<T> ReadAll<T>(string sql, Func<Statement, T> read)
    {
        var all = ImmutableArray.CreateBuilder<T>();
        using var rows = _file.Database.Prepare(sql);
        while (rows.Step()) all.Add(read(rows));
        return all.DrainToImmutable();
    }

    private static DateTimeOffset TimeOf(long milliseconds) => DateTimeOffset.FromUnixTimeMilliseconds(milliseconds);
}
