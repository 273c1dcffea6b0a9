// Long because a commit, its failure and reading everything again after it are one act on the same state, and are read together.
using System.Collections.Immutable;
using System.Runtime.ExceptionServices;
using Siar.Hub;
using Siar.Storage.Sqlite.Epochs;
using Siar.Storage.Sqlite.Indexing;
using Siar.Storage.Sqlite.Native;
using Siar.Storage.Sqlite.Retention;
using Siar.Topics;
using Siar.Wire;

namespace Siar.Storage.Sqlite.Writing;

/// <summary>
/// All that writes to the log's file, on the one connection that may, and what it knows of the file in memory. Its thread calls it;
/// <see cref="Head"/> and <see cref="Trimmed"/> anybody. File and memory change together, whatever fails in between:
/// <code>
/// BEGIN ── write, and make memory ready ── COMMIT ── show, by what needs no memory and cannot fail
///            └ fails: both go back           │          └ fails all the same ──┐
///                                            └ fails: the file is asked ── kept: memory is read again from the file
///                                                                       └ not kept: both go back
/// </code>
/// </summary>
internal sealed class LogWriter : IAppendState, IDisposable
{
    private const int CountedEvery = 16_384;
    private const int TrimmedAtOnce = 512;
    private const int MostTrimmedAtOnce = 16_384;
    private const int VacuumPages = 256;
    private const int TriedBytes = 256 << 10;
    private const int ReaderPatienceMilliseconds = 200;
    private const int BusyMilliseconds = 5_000;

    private readonly Database _database;
    private readonly RetentionPlan _plan;
    private readonly TimeProvider _time;
    private readonly EpochHistory _epochs;
    private readonly TopicTable _topics;
    private readonly EventTable _events;
    private readonly EventIndex _index;
    private readonly IdempotencyTable _keys;
    private readonly ClosingTable _closings;
    private readonly KeyedTable _keyed;
    private readonly KeptKeys _keptKeys;
    private readonly RetentionTable _retention;
    private readonly TrimmedTopicTable _trimmedTopics;
    private readonly TrimRecord _record;
    private readonly ClockStepTable _clock;
    private readonly Trimmer _trimmer;
    private readonly Statement _begin;
    private readonly Statement _commit;
    private readonly Action<CommitStep>? _onStep;
    private readonly bool _isMirror;
    private KeptClass[] _kept;
    private TrimState _trimmed;
    private long _head;
    private long _trimmedAt;
    private DateTimeOffset _now;
    private int _uncounted;
    private bool _isRolledBack;

    // Memory may say something else than the file: it is read again before anything else is done.
    private bool _isStale;

    public LogWriter(Database database, RetentionPlan plan, EpochHistory epochs, SqliteLogOptions options, TimeProvider time)
    {
        _database = database;
        _plan = plan;
        _time = time;
        _epochs = epochs;
        _topics = new TopicTable(database);
        _events = new EventTable(database);
        _index = new EventIndex(database, options.IndexedAtOnce);
        _keys = new IdempotencyTable(database, plan.IdempotencyKeys);
        _closings = new ClosingTable(database, plan.ClosedTopics);
        _retention = new RetentionTable(database, plan);
        _keyed = new KeyedTable(database);
        _keptKeys = new KeptKeys(database, plan, _topics);
        _trimmedTopics = new TrimmedTopicTable(database, plan);
        _record = new TrimRecord(plan);
        _clock = new ClockStepTable(database);
        _trimmer = new Trimmer(database, plan, new TrimmedTables(_topics, _events, _index, _keyed, _trimmedTopics, _record, _clock.Ages), _keptKeys);
        _onStep = options.OnStep;
        _isMirror = options.MirroredEpoch is not null;
        _begin = database.Prepare("BEGIN IMMEDIATE");
        _commit = database.Prepare("COMMIT");
        _head = HeadOf(database);
        _trimmedAt = _head;
        _kept = RetentionLoader.Load(database, plan, _topics, _head);
        database.Execute(options.Durability is SqliteDurability.PowerLoss ? "PRAGMA synchronous = FULL" : "PRAGMA synchronous = NORMAL");
        database.Transact(() =>
        {
            LoadRecord();
            _retention.Save(_kept, _head);
            _clock.See(time.GetUtcNow(), _head);
        });
        _trimmed = _record.Describe();
    }

    public long Head => Volatile.Read(ref _head);

    public TrimState Trimmed => Volatile.Read(ref _trimmed);

    /// <summary>Where an id leads that an event had which was trimmed, as the newest of its topic. From any thread.</summary>
    public long? FindTrimmed(EventId id) => _record.Find(id);

    /// <summary>Pages written since the write-ahead log was last begun anew.</summary>
    public int PagesWritten { get; private set; }

    /// <summary>Whether more is kept than the limits allow, or more found in memory than should be. A mirror is trimmed when it is told.</summary>
    public bool NeedsMaintenance => (!_isMirror && NextOver() >= 0) || _index.Tail.Due is not null;

    /// <summary>The index of the newest events.</summary>
    public TailIndex Tail => _index.Tail;

    /// <summary>The last position that a file gives account of: that of an event, of one that was trimmed, or where an epoch began.</summary>
    public static long HeadOf(Database database) => database.ReadNumber(
        "SELECT max((SELECT ifnull(max(position), 0) FROM event), (SELECT ifnull(max(trimmed), 0) FROM retention), (SELECT max(after) FROM epoch))")!.Value;

    /// <summary>The closing of a topic that is committed. Anybody may call it.</summary>
    public Closing? FindClosing(Topic topic) => _closings.Known.Find(topic);

    /// <summary>Appends a batch. What it throws says whether the batch may be in the file all the same; otherwise nothing of it is.</summary>
    /// <returns>One result for each append, and the head before the batch.</returns>
    public (Appended[] Results, long PreviousHead) Append(IReadOnlyList<Append> batch)
    {
        try
        {
            return AppendOnce(batch);
        }
        catch (SqliteLogException failure) when (failure.IsConflict)
        {
            // The file holds what memory does not know of, so that the positions were taken. They will be others.
            Reload();
            return AppendOnce(batch);
        }
    }

    /// <summary>The file.</summary>
    public Database Database => _database;

    /// <summary>Looks at the log as it is for an append at a moment.</summary>
    public T Look<T>(DateTimeOffset now, Func<IAppendState, T> look)
    {
        if (_isStale) Reload();
        _now = now;
        return look(this);
    }

    /// <summary>Writes down what was decided elsewhere, as one commit, at the positions that follow.</summary>
    /// <param name="batches">What was decided.</param>
    /// <param name="note">What else is written in the commit.</param>
    /// <returns>The events of each append of each batch.</returns>
    public Appended[][] Put(IReadOnlyList<DecidedBatch> batches, Action note)
    {
        if (_isStale) Reload();
        while (_index.Tail.IsFull) IndexSome();
        var results = new Appended[batches.Count][];
        Commit(() =>
        {
            var position = _head;
            for (var i = 0; i < results.Length; i++)
            {
                _now = batches[i].Time;
                LookAtClock(batches[i].Clock, position);
                results[i] = [.. batches[i].Appends.Select(append => Take(append, ref position))];
                if (batches[i].Appends.Count > 0) _clock.Ages.Note(_now);

                // Where times were not to fall, the clock is behind these events themselves.
                LookAtClock(batches[i].Clock, position);
            }

            SaveCountsAfter((int)(position - _head), position);
            note();
            return position;
        });
        return results;
    }

    /// <summary>Whether something of the log is too old at a moment, or the clock is behind an event.</summary>
    public bool IsDue(DateTimeOffset now) => NextOver(now) >= 0 || _keys.IsDue(now.ToUnixTimeMilliseconds()) || _clock.Ages.IsBehind(now);

    /// <summary>Writes some of the index in memory into the tables, where it is much.</summary>
    /// <returns>Whether there is more.</returns>
    public bool IndexSome()
    {
        if (_isStale) Reload();
        if (_index.Tail.Due is not { } chunk) return false;
        var newer = _index.Tail.Chunks.RemoveAt(0);
        Commit(
            () =>
            {
                _index.Write(chunk);
                return _head;
            },
            () => _index.Tail.DropOldest(newer));
        return _index.Tail.Due is not null;
    }

    /// <summary>Drops some events of a class that has too many.</summary>
    /// <returns>Whether there is more to drop.</returns>
    public bool TrimSome()
    {
        if (_isStale) Reload();
        if (_clock.Ages.IsBehind(_time.GetUtcNow()))
        {
            Commit(() =>
            {
                LookAtClock(_time.GetUtcNow(), _head);
                return _head;
            });
        }

        var over = NextOver();
        if (over < 0) return false;

        // Twice as many as were appended meanwhile: however fast that goes, trimming is faster. Mirrors drop the same at the same place, whenever they do it.
        var most = _isMirror ? TrimmedAtOnce : (int)Math.Clamp((_head - _trimmedAt) * 2, TrimmedAtOnce, MostTrimmedAtOnce);
        var trimmed = _trimmed;
        Commit(
            () =>
            {
                _kept[over] = _trimmer.Step(over, _kept[over], _time.GetUtcNow().ToUnixTimeMilliseconds(), most);
                _retention.Save(_kept, _head);
                _clock.Forget(_kept.Min(k => k.Mark));
                trimmed = _record.Describe();
                return _head;
            },
            () =>
            {
                _trimmedAt = _head;
                _uncounted = 0;
                Volatile.Write(ref _trimmed, trimmed);
            });
        return NextOver() >= 0;
    }

    /// <summary>Forgets some idempotency keys whose time is over, or that are too many.</summary>
    /// <returns>Whether there are more.</returns>
    public bool ForgetSomeKeys()
    {
        if (_isStale) Reload();
        var now = _time.GetUtcNow().ToUnixTimeMilliseconds();
        if (!_keys.IsDue(now)) return false;
        Commit(() =>
        {
            _keys.ForgetSome(now);
            return _head;
        });
        return _keys.IsDue(now);
    }

    /// <summary>Gives some pages that are no longer used back to the disk, where they are many.</summary>
    /// <returns>Whether there are more.</returns>
    public bool ShrinkSome()
    {
        if (_isStale) Reload();
        var pages = _database.ReadNumber("PRAGMA page_count");
        var free = _database.ReadNumber("PRAGMA freelist_count");
        if (free < VacuumPages || free < pages / 8) return false;
        Commit(() =>
        {
            _database.Execute($"PRAGMA incremental_vacuum({VacuumPages})");
            return _head;
        });
        return true;
    }

    /// <summary>Makes a commit of some size, to find out whether one goes through.</summary>
    public void TryCommit()
    {
        if (_isStale) Reload();
        Commit(() =>
        {
            LogSettings.Fill(_database, TriedBytes);
            return _head;
        });
        Commit(() =>
        {
            LogSettings.Fill(_database, 0);
            return _head;
        });
    }

    /// <summary>After most of the write-ahead log was copied into the file: copies the rest, and has it begin at its start again.</summary>
    public void BeginWriteAheadAnew()
    {
        _database.SetBusyTimeout(ReaderPatienceMilliseconds);
        _database.Checkpoint(CheckpointKind.BeginAnew);
        PagesWritten = 0;
        _database.SetBusyTimeout(BusyMilliseconds);
    }

    IdempotentResult? IAppendState.FindResult(IdempotencyKey key) => _keys.Find(key, _now.ToUnixTimeMilliseconds());

    EventId? IAppendState.NewestId(Topic topic) =>
        _topics.Find(topic) is { } id && _index.Newest(id) is { } position ? _events.IdOf(position, _epochs.At(position)) : null;

    Closing? IAppendState.FindClosing(Topic topic) => _closings.Find(topic);

    Epoch IAppendState.EpochAt(long position) => _epochs.At(position);

    /// <summary>Leaves the file as a log that was closed in order.</summary>
    /// <param name="problem">What has happened to the files meanwhile; null where nothing has.</param>
    public void Close(SqliteLogException? problem)
    {
        // What is left of a file that was cut off stays as it is: written to, it would look whole.
        if (problem?.Failure is SqliteLogFailure.Damaged) return;
        if (_isStale) Reload();
        while (_index.Tail.Due is not null) IndexSome();
        _database.Transact(() =>
        {
            _retention.Save(_kept, _head);
            LogSettings.MarkClosed(_database);
        });
        _database.Checkpoint(CheckpointKind.Empty);

        // SQLite deletes the write-ahead log by its name: it may be another's by now.
        if (problem is null) _database.KeepWriteAheadLog(false);
    }

    public void Dispose()
    {
        _begin.Dispose();
        _commit.Dispose();
        _trimmer.Dispose();
        _trimmedTopics.Dispose();
        _clock.Dispose();
        _retention.Dispose();
        _keyed.Dispose();
        _closings.Dispose();
        _keys.Dispose();
        _index.Dispose();
        _events.Dispose();
        _topics.Dispose();
        _database.Dispose();
    }

    private (Appended[] Results, long PreviousHead) AppendOnce(IReadOnlyList<Append> batch)
    {
        if (_isStale) Reload();
        while (_index.Tail.IsFull) IndexSome();
        var results = new Appended[batch.Count];
        var previous = _head;
        Commit(() =>
        {
            var position = _head;
            _now = DateTimeOffset.FromUnixTimeMilliseconds(_time.GetUtcNow().ToUnixTimeMilliseconds());
            LookAtClock(_now, _head);
            for (var i = 0; i < results.Length; i++) results[i] = AppendGate.Check(batch[i], this) ?? Take(batch[i], ref position);
            SaveCountsAfter((int)(position - _head), position);
            if (position > _head) _clock.Ages.Note(_now);
            return position;
        });
        return (results, previous);
    }

    private Appended Take(Append append, ref long position)
    {
        var logged = ImmutableArray.CreateBuilder<LoggedEvent>(append.Events.Length);
        foreach (var content in append.Events) logged.Add(Add(new LoggedEvent(++position, _epochs.Current, _now, content)));
        if (append.Idempotency is { } key) _keys.Insert(key, logged[0]);
        return new Appended(logged.MoveToImmutable());
    }

    private LoggedEvent Add(LoggedEvent logged)
    {
        var content = logged.Content;
        var topics = new long[content.Topics.Length];
        for (var i = 0; i < topics.Length; i++) topics[i] = _topics.IdOf(content.Topics[i]);
        var repeatsId = !content.Id.IsNone && _index.HasId(content.Id.Value);
        var flags = (content.IsPrivate ? EventFlags.Private : EventFlags.None) | (repeatsId ? EventFlags.RepeatsId : EventFlags.None);
        _events.Insert(logged, topics, flags);
        _index.Add(new IndexEntry(logged.Position, topics, content.Id.IsNone || repeatsId ? null : content.Id.Value));
        _onStep?.Invoke(CommitStep.Indexed);
        if (content.IsClosing) _closings.Insert(logged);
        var index = _plan.IndexOf(content.Topics[0]);
        if (content.Key is not null && _keyed.Add(logged, topics) is { } replaced && _keptKeys.Remove(index, replaced)) _keyed.Drop(replaced);
        _kept[index] = _kept[index].WithAdded(logged);
        return logged;
    }

    private void SaveCountsAfter(int added, long position)
    {
        _uncounted += added;
        if (_uncounted < CountedEvery) return;
        _retention.Save(_kept, position);
        _uncounted = 0;
    }

    // Where the clock has gone back some event counts as older than it did: each class looks again at its oldest.
    private void LookAtClock(DateTimeOffset now, long head)
    {
        if (!_clock.See(now, head)) return;
        for (var i = 0; i < _kept.Length; i++) _kept[i] = _kept[i] with { OldestTime = null };
    }

    private void LoadRecord()
    {
        _record.Clear();
        var isOther = TrimmedTopicTable.Load(_database, _plan, _kept, _record);
        for (var i = 0; i < _kept.Length; i++)
        {
            while (_record.TryForget(i, out _)) isOther = true;
            _kept[i] = _kept[i] with { Floor = _record[i].Floor, AlternateFloor = _record[i].AlternateFloor };
        }

        if (isOther) _trimmedTopics.SaveAll(_database, _record);
    }

    private int NextOver() => NextOver(_time.GetUtcNow());

    private int NextOver(DateTimeOffset at)
    {
        var now = at.ToUnixTimeMilliseconds();
        for (var i = 0; i < _kept.Length; i++)
        {
            if (_kept[i].IsOver(_plan.Classes[i].Limits, now)) return i;
        }

        return -1;
    }

    /// <summary>Does work as one transaction.</summary>
    /// <param name="work">Writes, and makes memory ready; says what the head is when that is committed.</param>
    /// <param name="show">Makes memory say it. Allocates nothing.</param>
    private void Commit(Func<long> work, Action? show = null)
    {
        var before = (Kept: (KeptClass[])_kept.Clone(), Head: _head);
        long head;
        try
        {
            _index.Begin();
            _begin.Run();
            _onStep?.Invoke(CommitStep.Begun);
            if (_isRolledBack)
            {
                _keptKeys.Reload(_database, _topics);
                LoadRecord();
                _clock.Load();
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
        _index.Show();
        _closings.Show();
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
        _topics.Forget();
        _index.TakeBack();
        _keys.Recount();
        _closings.Forget();
        _isRolledBack = true;
        _kept = before;
        _isStale = false;
    }

    private void Reload()
    {
        _isStale = true;
        _onStep?.Invoke(CommitStep.Reloading);
        _database.RollBack();
        _topics.Forget();
        _keys.Recount();
        var head = HeadOf(_database);
        if (head < _head) throw Lost(head);
        _kept = RetentionLoader.Load(_database, _plan, _topics, head);
        _keptKeys.Reload(_database, _topics);
        _clock.Load();
        _database.Transact(LoadRecord);
        _isRolledBack = false;
        _closings.Reload(_database);
        _index.Reload(_database);
        _trimmedAt = head;
        _uncounted = 0;
        Volatile.Write(ref _trimmed, _record.Describe());
        Volatile.Write(ref _head, head);
        _isStale = false;
    }

    private SqliteLogException Lost(long head) => new(
        SqliteLogFailure.Damaged,
        $"The log '{_database.Path}' is damaged: the events after position {head} are gone, though they were kept. Put a backup back, or go on with what can be read of this file, by 'siar log restore'.");
}
