using System.Collections.Immutable;
using Siar.Hub;
using Siar.Storage.Sqlite.Epochs;
using Siar.Storage.Sqlite.Indexing;
using Siar.Storage.Sqlite.Native;
using Siar.Storage.Sqlite.Retention;
using Siar.Topics;
using Siar.Wire;

namespace Siar.Storage.Sqlite.Writing;

/// <summary>All that writes to the log's file, on the one connection that may. Its thread calls it; <see cref="Head"/> and <see cref="Trimmed"/> anybody.</summary>
internal sealed class LogWriter : IAppendState, IDisposable
{
    private const int CountedEvery = 16_384;
    private const int TrimmedAtOnce = 512;
    private const int MostTrimmedAtOnce = 16_384;
    private const int VacuumPages = 256;
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
    private KeptClass[] _kept;
    private TrimState _trimmed;
    private long _head;
    private long _trimmedAt;
    private DateTimeOffset _now;
    private int _uncounted;
    private bool _isRolledBack;

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

    /// <summary>Whether more is kept than the limits allow, or more found in memory than should be.</summary>
    public bool NeedsMaintenance => NextOver() >= 0 || _index.Tail.Due is not null;

    /// <summary>The index of the newest events.</summary>
    public TailIndex Tail => _index.Tail;

    /// <summary>The last position that a file gives account of: that of an event, of one that was trimmed, or where an epoch began.</summary>
    public static long HeadOf(Database database) => database.ReadNumber(
        "SELECT max((SELECT ifnull(max(position), 0) FROM event), (SELECT ifnull(max(trimmed), 0) FROM retention), (SELECT max(after) FROM epoch))")!.Value;

    /// <summary>The closing of a topic that is committed. Anybody may call it.</summary>
    public Closing? FindClosing(Topic topic) => _closings.Known.Find(topic);

    public AppendedBatch Append(IReadOnlyList<Append> batch)
    {
        while (_index.Tail.IsFull) IndexSome();
        var previous = _head;
        var position = previous;
        var results = new Appended[batch.Count];
        Commit(() =>
        {
            _now = DateTimeOffset.FromUnixTimeMilliseconds(_time.GetUtcNow().ToUnixTimeMilliseconds());
            LookAtClock(_now);
            for (var i = 0; i < results.Length; i++) results[i] = AppendGate.Check(batch[i], this) ?? Take(batch[i], ref position);
            SaveCountsAfter((int)(position - previous), position);
            if (position > previous) _clock.Ages.Note(_now);
        });
        Volatile.Write(ref _head, position);
        return new AppendedBatch(previous, results);
    }

    /// <summary>Writes some of the index in memory into the tables, where it is much.</summary>
    /// <returns>Whether there is more.</returns>
    public bool IndexSome()
    {
        if (_index.Tail.Due is not { } chunk) return false;
        Commit(() => _index.Write(chunk));
        _index.Tail.DropOldest();
        return _index.Tail.Due is not null;
    }

    /// <summary>Drops some events of a class that has too many.</summary>
    /// <returns>Whether there is more to drop.</returns>
    public bool TrimSome()
    {
        if (_clock.Ages.IsBehind(_time.GetUtcNow())) Commit(() => LookAtClock(_time.GetUtcNow()));
        var over = NextOver();
        if (over < 0) return false;

        // Twice as many as were appended meanwhile: however fast that goes, trimming is faster.
        var most = (int)Math.Clamp((_head - _trimmedAt) * 2, TrimmedAtOnce, MostTrimmedAtOnce);
        var trimmed = _trimmed;
        Commit(() =>
        {
            _kept[over] = _trimmer.Step(over, _kept[over], _time.GetUtcNow().ToUnixTimeMilliseconds(), most);
            _retention.Save(_kept, _head);
            _clock.Forget(_kept.Min(k => k.Mark));
            trimmed = _record.Describe();
        });
        _trimmedAt = _head;
        _uncounted = 0;
        Volatile.Write(ref _trimmed, trimmed);
        return NextOver() >= 0;
    }

    /// <summary>Forgets some idempotency keys whose time is over, or that are too many.</summary>
    /// <returns>Whether there are more.</returns>
    public bool ForgetSomeKeys()
    {
        var now = _time.GetUtcNow().ToUnixTimeMilliseconds();
        if (!_keys.IsDue(now)) return false;
        Commit(() => _keys.ForgetSome(now));
        return _keys.IsDue(now);
    }

    /// <summary>Gives some pages that are no longer used back to the disk, where they are many.</summary>
    /// <returns>Whether there are more.</returns>
    public bool ShrinkSome()
    {
        var pages = _database.ReadNumber("PRAGMA page_count");
        var free = _database.ReadNumber("PRAGMA freelist_count");
        if (free < VacuumPages || free < pages / 8) return false;
        Commit(() => _database.Execute($"PRAGMA incremental_vacuum({VacuumPages})"));
        return true;
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
    public void Close()
    {
        while (_index.Tail.Due is not null) IndexSome();
        _database.Transact(() =>
        {
            _retention.Save(_kept, _head);
            LogSettings.MarkClosed(_database);
        });
        _database.Checkpoint(CheckpointKind.Empty);
        _database.KeepWriteAheadLog(false);
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
    private void LookAtClock(DateTimeOffset now)
    {
        if (!_clock.See(now, _head)) return;
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

    private int NextOver()
    {
        var now = _time.GetUtcNow().ToUnixTimeMilliseconds();
        for (var i = 0; i < _kept.Length; i++)
        {
            if (_kept[i].IsOver(_plan.Classes[i].Limits, now)) return i;
        }

        return -1;
    }

    private void Commit(Action work)
    {
        var before = (KeptClass[])_kept.Clone();
        try
        {
            _begin.Run();
            if (_isRolledBack)
            {
                _keptKeys.Reload(_database, _topics);
                LoadRecord();
                _clock.Load();
            }

            _isRolledBack = false;
            work();
            _commit.Run();
        }
        catch
        {
            _database.RollBack();
            _topics.Forget();
            _index.Forget();
            _keys.Recount();
            _closings.Forget();
            _isRolledBack = true;
            _kept = before;
            throw;
        }

        _index.Show();
        _closings.Show();
        PagesWritten += _database.TakePagesWritten();
    }
}
