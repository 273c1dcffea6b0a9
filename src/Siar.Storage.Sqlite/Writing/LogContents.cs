using System.Runtime.ExceptionServices;
using Siar.Hub;
using Siar.Storage.Sqlite.Indexing;
using Siar.Storage.Sqlite.Native;
using Siar.Storage.Sqlite.Retention;

namespace Siar.Storage.Sqlite.Writing;

/// <summary>
/// What stands in the log's file, table by table, and what memory knows of it. The writer's thread calls it; <see cref="Head"/> and <see cref="Trimmed"/>
/// anybody. File and memory change together, whatever fails in between:
/// <code>
/// BEGIN ── write, and make memory ready ── COMMIT ── show, by what needs no memory and cannot fail
///            └ fails: both go back           │          └ fails all the same ──┐
///                                            └ fails: the file is asked ── kept: memory is read again from the file
///                                                                       └ not kept: both go back
/// </code>
/// </summary>
internal sealed class LogContents : IDisposable
{
    private readonly Database _database;
    private readonly RetentionPlan _plan;
    private readonly TrimmedTopicTable _trimmedTopics;
    private readonly Statement _begin;
    private readonly Statement _commit;
    private readonly Action<CommitStep>? _onStep;
    private TrimState _trimmed;
    private long _head;
    private bool _isRolledBack;

    // Memory may say something else than the file: it is read again before anything else is done.
    private bool _isStale;

    public LogContents(Database database, RetentionPlan plan, SqliteLogOptions options, DateTimeOffset now)
    {
        _database = database;
        _plan = plan;
        Topics = new TopicTable(database);
        Events = new EventTable(database);
        Index = new EventIndex(database, options.IndexedAtOnce);
        Keys = new IdempotencyTable(database, plan.IdempotencyKeys);
        Closings = new ClosingTable(database, plan.ClosedTopics);
        Retention = new RetentionTable(database, plan);
        Keyed = new KeyedTable(database);
        CompactedKeys = new CompactedKeys(database, plan, Limits = new ClassLimits(plan), Topics);
        _trimmedTopics = new TrimmedTopicTable(database, plan);
        Record = new TrimRecord(plan);
        Clock = new ClockStepTable(database);
        Trimmer = new Trimmer(database, plan, Limits, new TrimmedTables(Topics, Events, Index, Keyed, _trimmedTopics, Record, Clock.Ages), CompactedKeys);
        _onStep = options.OnStep;
        _begin = database.Prepare("BEGIN IMMEDIATE");
        _commit = database.Prepare("COMMIT");
        _head = HeadOf(database);
        TrimmedAt = _head;
        Kept = RetentionLoader.Load(database, plan, Topics, _head);
        database.Execute(options.Durability is SqliteDurability.PowerLoss ? "PRAGMA synchronous = FULL" : "PRAGMA synchronous = NORMAL");
        database.Transact(() =>
        {
            LoadRecord();
            Retention.Save(Kept, _head);
            Clock.See(now, _head);
        });
        _trimmed = Record.Describe();
    }

    public TopicTable Topics { get; }

    public EventTable Events { get; }

    public EventIndex Index { get; }

    public IdempotencyTable Keys { get; }

    public ClosingTable Closings { get; }

    public KeyedTable Keyed { get; }

    /// <summary>How much is kept.</summary>
    public ClassLimits Limits { get; }

    public CompactedKeys CompactedKeys { get; }

    public RetentionTable Retention { get; }

    public TrimRecord Record { get; }

    public ClockStepTable Clock { get; }

    public Trimmer Trimmer { get; }

    /// <summary>What is kept of each class.</summary>
    public KeptClass[] Kept { get; private set; }

    /// <summary>The head when something was trimmed last.</summary>
    public long TrimmedAt { get; private set; }

    /// <summary>Events appended since <see cref="Kept"/> was saved.</summary>
    public int Uncounted { get; set; }

    /// <summary>Pages written since the write-ahead log was last begun anew.</summary>
    public int PagesWritten { get; set; }

    public long Head => Volatile.Read(ref _head);

    public TrimState Trimmed => Volatile.Read(ref _trimmed);

    /// <summary>The last position that a file gives account of: that of an event, of one that was trimmed, or where an epoch began.</summary>
    public static long HeadOf(Database database) => database.ReadNumber(
        "SELECT max((SELECT ifnull(max(position), 0) FROM event), (SELECT ifnull(max(trimmed), 0) FROM retention), (SELECT max(after) FROM epoch))")!.Value;

    public void Dispose()
    {
        _begin.Dispose();
        _commit.Dispose();
        Trimmer.Dispose();
        _trimmedTopics.Dispose();
        Clock.Dispose();
        Retention.Dispose();
        Keyed.Dispose();
        Closings.Dispose();
        Keys.Dispose();
        Index.Dispose();
        Events.Dispose();
        Topics.Dispose();
        _database.Dispose();
    }

    /// <summary>Reads memory again from the file, where it may say something else.</summary>
    public void Refresh()
    {
        if (_isStale) Reload();
    }

    /// <summary>Tells a step to the tests.</summary>
    public void Tell(CommitStep step) => _onStep?.Invoke(step);

    /// <summary>What was trimmed up to here is shown from now on. Allocates nothing.</summary>
    public void ShowTrimmed(TrimState trimmed)
    {
        TrimmedAt = _head;
        Uncounted = 0;
        Volatile.Write(ref _trimmed, trimmed);
    }

    /// <summary>Does work as one transaction.</summary>
    /// <param name="work">Writes, and makes memory ready; says what the head is when that is committed.</param>
    /// <param name="show">Makes memory say it. Allocates nothing.</param>
    public void Commit(Func<long> work, Action? show = null)
    {
        var before = (Kept: (KeptClass[])Kept.Clone(), Head: _head);
        long head;
        try
        {
            Index.Begin();
            _begin.Run();
            _onStep?.Invoke(CommitStep.Begun);
            if (_isRolledBack)
            {
                CompactedKeys.Reload(_database, Topics);
                LoadRecord();
                Clock.Load();
            }

            _isRolledBack = false;
            head = work();
            _onStep?.Invoke(CommitStep.Written);
        }
        catch
        {
            GoBack(before.Kept);
            throw;
        }

        try
        {
            _commit.Run();
            _onStep?.Invoke(CommitStep.Committed);
            Show(head, show);
        }
        catch (Exception failure)
        {
            if (!Settle(before.Kept, isAppend: head > before.Head, head)) ThrowOf(failure);
        }
    }

    private void Show(long head, Action? show)
    {
        _onStep?.Invoke(CommitStep.Showing);
        Index.Show();
        Closings.Show();
        show?.Invoke();
        Volatile.Write(ref _head, head);
        _onStep?.Invoke(CommitStep.Shown);
        PagesWritten += _database.TakePagesWritten();
    }

    // COMMIT failed, or what comes after it, which should not be. True where the file says that all was kept.
    private bool Settle(KeptClass[] before, bool isAppend, long head)
    {
        _isStale = true;
        try
        {
            if (_database.InTransaction || (isAppend && HeadOf(_database) < head))
            {
                GoBack(before);
                return false;
            }

            Reload();
            return isAppend;
        }
        catch (Exception second)
        {
            throw new SqliteLogException(
                SqliteLogFailure.InputOutput,
                $"The log '{_database.Path}' failed after a commit, and cannot be read at the moment to find out what was kept: {second.Message}",
                second) { MayBeKept = true };
        }
    }

    private static void ThrowOf(Exception failure)
    {
        // A disk that fails while it makes a commit safe may have it all the same, should the machine stop before it is written over.
        if (failure is SqliteLogException { Failure: SqliteLogFailure.InputOutput, IsOfWrite: false } told) throw told.WithUnknownOutcome();
        ExceptionDispatchInfo.Throw(failure);
    }

    private void GoBack(KeptClass[] before)
    {
        _isStale = true;
        _database.RollBack();
        Topics.Forget();
        Index.TakeBack();
        Keys.Recount();
        Closings.Forget();
        _isRolledBack = true;
        Kept = before;
        _isStale = false;
    }

    public void Reload()
    {
        _isStale = true;
        _onStep?.Invoke(CommitStep.Reloading);
        _database.RollBack();
        Topics.Forget();
        Keys.Recount();
        var head = HeadOf(_database);
        if (head < _head) throw Lost(head);
        Kept = RetentionLoader.Load(_database, _plan, Topics, head);
        CompactedKeys.Reload(_database, Topics);
        Clock.Load();
        _database.Transact(LoadRecord);
        _isRolledBack = false;
        Closings.Reload(_database);
        Index.Reload(_database);
        TrimmedAt = head;
        Uncounted = 0;
        Volatile.Write(ref _trimmed, Record.Describe());
        Volatile.Write(ref _head, head);
        _isStale = false;
    }

    private SqliteLogException Lost(long head) => new(
        SqliteLogFailure.Damaged,
        $"The log '{_database.Path}' is damaged: the events after position {head} are gone, though they were kept. Put a backup back, or go on with what can be read of this file, by 'siar log restore'.");

    private void LoadRecord()
    {
        Record.Clear();
        var isOther = TrimmedTopicTable.Load(_database, _plan, Kept, Record);
        for (var i = 0; i < Kept.Length; i++)
        {
            while (Record.TryForget(i, out _)) isOther = true;
            Kept[i] = Kept[i] with { Floor = Record[i].Floor, AlternateFloor = Record[i].AlternateFloor };
        }

        if (isOther) _trimmedTopics.SaveAll(_database, Record);
    }
}
