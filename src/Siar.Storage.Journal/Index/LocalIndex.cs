using Siar.Hub;
using Siar.Storage.Journal.Facts;
using Siar.Storage.Sqlite;
using Siar.Storage.Sqlite.Epochs;
using Siar.Storage.Sqlite.Native;
using Siar.Storage.Sqlite.Writing;

namespace Siar.Storage.Journal.Index;

/// <summary>
/// A hub's index of a journal: the tables of the embedded log, filled with what the stream says, in a file that may be deleted. One loop writes to it;
/// everybody may read. Under another plan, in another epoch, and when it is made again, the file is closed and opened: who reads waits for that.
/// </summary>
/// <param name="path">The file.</param>
/// <param name="isKept">Whether it is kept when the hub ends.</param>
/// <param name="configure">Changes how it behaves; null for nothing.</param>
internal sealed class LocalIndex(string path, bool isKept, Action<SqliteLogOptions>? configure) : IAsyncDisposable
{
    private const string PlanSetting = "journal.plan";
    private const int StepsAtOnce = 8;

    private readonly LogClock _clock = new();
    private SqliteLog? _log;
    private TaskCompletionSource<SqliteLog> _opened = NewOpening();
    private IndexPoint _point = IndexPoint.Beginning;

    /// <summary>Whether the file is open. For the loop that writes.</summary>
    public bool IsOpen { get; private set; }

    /// <summary>How far it has come.</summary>
    public IndexPoint Point => Volatile.Read(ref _point);

    /// <summary>The log in the file, as it was opened last: for what needs no file to be told.</summary>
    public SqliteLog Log => Volatile.Read(ref _log) ?? throw new InvalidOperationException("The index is not open.");

    /// <summary>How large the file is, in bytes.</summary>
    public long Length => new FileInfo(path) is { Exists: true } file ? file.Length : 0;

    /// <summary>Opens the file that a hub has left, where it can be gone on with.</summary>
    /// <exception cref="SqliteLogException">Another hub has it open.</exception>
    public bool TryOpen()
    {
        if (!File.Exists(path)) return false;
        try
        {
            RetentionPlan plan;
            using (var database = Database.Open(path, DatabaseAccess.Read))
            {
                if (LogSettings.Get(database, PlanSetting) is not { } text || IndexPoint.ReadLast(database) is not { } last) return false;
                plan = PlanCodec.FromText(text);
                Volatile.Write(ref _point, last);
            }

            Open(plan, default);
            return true;
        }
        catch (SqliteLogException failure) when (failure.Failure is not SqliteLogFailure.InUse)
        {
            // It is a cache: what cannot be gone on with is made again.
            return false;
        }
    }

    /// <summary>Begins a file anew, in the place of one that is there.</summary>
    /// <param name="founding">The stream's first fact.</param>
    public async Task BeginAsync(JournalFact founding)
    {
        var (epoch, plan) = (Fact.Founding)founding.Fact;
        await CloseAsync();
        DeleteFile();
        Volatile.Write(ref _point, IndexPoint.Beginning with { Clock = founding.Clock });
        Open(plan, epoch);
        await Log.WriteAsync(writer =>
        {
            writer.Database.Transact(() => Begin(writer.Database, plan, NextPoint(founding, 0, Point.Time)));
            return true;
        });
        MoveTo(NextPoint(founding, 0, Point.Time));
    }

    /// <summary>Makes an index of a file that has a log's tables, within the caller's transaction.</summary>
    /// <param name="database">The file.</param>
    /// <param name="plan">By which it is trimmed.</param>
    /// <param name="point">How far it has come in its stream.</param>
    public static void Begin(Database database, RetentionPlan plan, IndexPoint point)
    {
        database.Execute(IndexPoint.Table);
        LogSettings.Set(database, PlanSetting, PlanCodec.ToText(plan));
        IndexPoint.Write(database, [point]);
    }

    /// <summary>Begins with a copy of another hub's file.</summary>
    /// <returns>Whether it can be gone on with.</returns>
    public async Task<bool> BeginAsync(Func<string, Task> writeCopy)
    {
        await CloseAsync();
        DeleteFile();
        await writeCopy(path);
        return TryOpen();
    }

    /// <summary>Lets those read who waited for the file.</summary>
    public void Show() => Volatile.Read(ref _opened).TrySetResult(Log);

    /// <summary>Has those wait who want to read from now on.</summary>
    public void Hide()
    {
        if (Volatile.Read(ref _opened).Task.IsCompleted) Volatile.Write(ref _opened, NewOpening());
    }

    /// <summary>Reads.</summary>
    public async ValueTask<T> ReadAsync<T>(Func<SqliteLog, ValueTask<T>> read, CancellationToken cancellationToken)
    {
        while (true)
        {
            var opened = Volatile.Read(ref _opened);
            var log = await opened.Task.WaitAsync(cancellationToken);
            try
            {
                return await read(log);
            }
            catch (ObjectDisposedException) when (Volatile.Read(ref _opened) != opened)
            {
                // It was closed to be opened again.
            }
        }
    }

    /// <summary>Decides a batch.</summary>
    /// <param name="batch">What is to be appended.</param>
    /// <param name="seen">The last message that was taken in.</param>
    /// <param name="now">The moment.</param>
    /// <param name="cancellationToken">Ends the waiting.</param>
    public ValueTask<Decision> DecideAsync(IReadOnlyList<Append> batch, Func<long> seen, DateTimeOffset now, CancellationToken cancellationToken) => ReadAsync(
        async log => await log.WriteAsync(writer => writer.Look(now, state => new Deciding(state, writer.Head, log.Epoch, now).Decide(seen(), batch))),
        cancellationToken);

    /// <summary>Takes in facts that follow, as one commit: batches, and what changes nothing.</summary>
    /// <returns>What became of each batch's appends; of the others nothing.</returns>
    public Task<Appended[][]> PutAsync(IReadOnlyList<JournalFact> facts) => Log.WriteAsync(writer =>
    {
        var points = new List<IndexPoint>(facts.Count);
        var batches = new List<DecidedBatch>(facts.Count);
        var (position, time) = (writer.Head, Point.Time);
        foreach (var fact in facts)
        {
            var appends = fact.Fact is Fact.Batch batch ? batch.Appends : [];
            var clock = ToMilliseconds(fact.Clock);

            // The engine's clock may go back, as where another of its nodes leads: times do not.
            if (appends.Length > 0 && clock > time) time = clock;
            foreach (var append in appends) position += append.Events.Length;
            batches.Add(new DecidedBatch(clock, time, appends));
            points.Add(NextPoint(fact, position, time));
        }

        var results = writer.Put(batches, () => IndexPoint.Write(writer.Database, points));
        MoveTo(points[^1]);
        return results;
    });

    /// <summary>Drops some of what is too much or too old at a fact's time: every hub the same, since all do it at this place.</summary>
    public Task TickAsync(JournalFact fact) => Log.WriteAsync(writer =>
    {
        _clock.Set(ToMilliseconds(fact.Clock));
        var step = 0;
        while (step++ < StepsAtOnce && writer.TrimSome())
        {
        }

        while (step++ < StepsAtOnce && writer.ForgetSomeKeys())
        {
        }

        var point = NextPoint(fact, writer.Head, Point.Time);
        writer.Put([new DecidedBatch(point.Clock, point.Time, [])], () => IndexPoint.Write(writer.Database, [point]));
        MoveTo(point);
        return true;
    });

    /// <summary>Whether something is too old at a moment, or too much.</summary>
    public Task<bool> IsDueAsync(DateTimeOffset now) => Log.WriteAsync(writer => writer.IsDue(now));

    /// <summary>Begins an epoch behind a position.</summary>
    public Task BeginEpochAsync(JournalFact fact, Fact.EpochBegun begun) => ChangeAsync(
        fact, Log.Plan, database => EpochHistory.BeginNew(database, Math.Min(begun.After, LogContents.HeadOf(database)), begun.Epoch));

    /// <summary>Goes over to another plan.</summary>
    public Task ChangePlanAsync(JournalFact fact, RetentionPlan plan) => ChangeAsync(fact, plan, database => LogSettings.Set(database, PlanSetting, PlanCodec.ToText(plan)));

    /// <summary>The last point at or before a sequence number; null where it is not remembered.</summary>
    public Task<IndexPoint?> FindPointAsync(long through) => Log.WriteAsync(writer => IndexPoint.Read(writer.Database, through));

    /// <summary>Copies the file as it is at a moment.</summary>
    /// <returns>How far the copy has come at least.</returns>
    public async Task<long> CopyAsync(string target)
    {
        var through = Point.Sequence;
        await Task.Run(() => Copy(path, target));
        return through;
    }

    public async ValueTask DisposeAsync()
    {
        Volatile.Read(ref _opened).TrySetException(new ObjectDisposedException(nameof(LocalIndex), "The log is closed."));
        _ = Volatile.Read(ref _opened).Task.Exception;
        if (Volatile.Read(ref _log) is { } log) await log.DisposeAsync();
        if (!isKept) DeleteFile();
    }

    // By SQLite's own hand: the file is open in this process.
    private static void Copy(string from, string to)
    {
        using (var open = Database.Open(from, DatabaseAccess.Read))
        {
            open.KeepWriteAheadLog(true);
            using var copy = open.Prepare("VACUUM INTO ?1");
            copy.Bind(1, to).Run();
        }

        using var copied = Database.Open(to, DatabaseAccess.Write);
        copied.Execute("PRAGMA journal_mode = WAL");
        LogSettings.MarkClosed(copied);
        copied.Checkpoint(CheckpointKind.Empty);
    }

    private static TaskCompletionSource<SqliteLog> NewOpening() => new(TaskCreationOptions.RunContinuationsAsynchronously);

    private static DateTimeOffset ToMilliseconds(DateTimeOffset time) => DateTimeOffset.FromUnixTimeMilliseconds(time.ToUnixTimeMilliseconds());

    private static IndexPoint NextPoint(JournalFact fact, long position, DateTimeOffset time) => new(fact.Sequence, fact.Id, position, ToMilliseconds(fact.Clock), time);

    private void MoveTo(IndexPoint point)
    {
        _clock.Set(point.Clock);
        Volatile.Write(ref _point, point);
    }

    private async Task ChangeAsync(JournalFact fact, RetentionPlan plan, Action<Database> change)
    {
        var wasShown = Volatile.Read(ref _opened).Task.IsCompletedSuccessfully;
        await Log.WriteAsync(writer =>
        {
            var point = NextPoint(fact, writer.Head, Point.Time);
            writer.Database.Transact(() =>
            {
                change(writer.Database);
                IndexPoint.Write(writer.Database, [point]);
            });
            MoveTo(point);
            return true;
        });
        await CloseAsync();
        Open(plan, default);
        if (wasShown) Show();
    }

    private void Open(RetentionPlan plan, Epoch epoch)
    {
        var options = new SqliteLogOptions { Durability = SqliteDurability.ProcessDeath, MirroredEpoch = epoch };
        configure?.Invoke(options);
        _clock.Set(Point.Clock);
        Volatile.Write(ref _log, SqliteLog.Open(path, options, plan, _clock));
        IsOpen = true;
    }

    private async Task CloseAsync()
    {
        Hide();
        IsOpen = false;
        if (Volatile.Read(ref _log) is { } log) await log.DisposeAsync();
    }

    private void DeleteFile()
    {
        foreach (var file in new[] { path, path + "-wal", path + "-shm", path + ".lock" }) File.Delete(file);
    }
}
