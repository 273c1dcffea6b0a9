using System.Collections.Immutable;
using Siar.Hub;
using Siar.Storage.Sqlite.Epochs;
using Siar.Storage.Sqlite.Indexing;
using Siar.Storage.Sqlite.Native;
using Siar.Storage.Sqlite.Retention;
using Siar.Topics;
using Siar.Wire;

namespace Siar.Storage.Sqlite.Writing;

/// <summary>
/// All that writes to the log's file, on the one connection that may: appends, and what is done when there are none. Each is a commit of
/// <see cref="LogContents"/>. Its thread calls it; <see cref="Head"/> and <see cref="Trimmed"/> anybody.
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
    private readonly LogContents _log;
    private readonly bool _isMirror;
    private DateTimeOffset _now;

    public LogWriter(Database database, RetentionPlan plan, EpochHistory epochs, SqliteLogOptions options, TimeProvider time)
    {
        _database = database;
        _plan = plan;
        _time = time;
        _epochs = epochs;
        _isMirror = options.MirroredEpoch is not null;
        _log = new LogContents(database, plan, options, time.GetUtcNow());
    }

    public long Head => _log.Head;

    public TrimState Trimmed => _log.Trimmed;

    /// <summary>How much is kept.</summary>
    public ClassLimits Limits => _log.Limits;

    /// <summary>Where an id leads that an event had which was trimmed, as the newest of its topic. From any thread.</summary>
    public long? FindTrimmed(EventId id) => _log.Record.Find(id);

    /// <inheritdoc cref="LogContents.PagesWritten" />
    public int PagesWritten => _log.PagesWritten;

    /// <summary>Whether more is kept than the limits allow, or more found in memory than should be. A mirror is trimmed when it is told.</summary>
    public bool NeedsMaintenance => (!_isMirror && NextOver() >= 0) || _log.Index.Tail.Due is not null;

    /// <summary>The index of the newest events.</summary>
    public TailIndex Tail => _log.Index.Tail;

    /// <summary>The closing of a topic that is committed. Anybody may call it.</summary>
    public Closing? FindClosing(Topic topic) => _log.Closings.Known.Find(topic);

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
            _log.Reload();
            return AppendOnce(batch);
        }
    }

    /// <summary>The file.</summary>
    public Database Database => _database;

    /// <summary>Looks at the log as it is for an append at a moment.</summary>
    public T Look<T>(DateTimeOffset now, Func<IAppendState, T> look)
    {
        _log.Refresh();
        _now = now;
        return look(this);
    }

    /// <summary>Writes down what was decided elsewhere, as one commit, at the positions that follow.</summary>
    /// <param name="batches">What was decided.</param>
    /// <param name="note">What else is written in the commit.</param>
    /// <returns>The events of each append of each batch.</returns>
    public Appended[][] Put(IReadOnlyList<DecidedBatch> batches, Action note)
    {
        _log.Refresh();
        while (_log.Index.Tail.IsFull) IndexSome();
        var results = new Appended[batches.Count][];
        _log.Commit(() =>
        {
            var position = _log.Head;
            for (var i = 0; i < results.Length; i++)
            {
                _now = batches[i].Time;
                LookAtClock(batches[i].Clock, position);
                results[i] = [.. batches[i].Appends.Select(append => Take(append, ref position))];
                if (batches[i].Appends.Count > 0) _log.Clock.Ages.Note(_now);

                // Where times were not to fall, the clock is behind these events themselves.
                LookAtClock(batches[i].Clock, position);
            }

            SaveCountsAfter((int)(position - _log.Head), position);
            note();
            return position;
        });
        return results;
    }

    /// <summary>Whether something of the log is too old at a moment, or the clock is behind an event.</summary>
    public bool IsDue(DateTimeOffset now) => NextOver(now) >= 0 || _log.Keys.IsDue(now.ToUnixTimeMilliseconds()) || _log.Clock.Ages.IsBehind(now);

    /// <summary>Writes some of the index in memory into the tables, where it is much.</summary>
    /// <returns>Whether there is more.</returns>
    public bool IndexSome()
    {
        _log.Refresh();
        if (_log.Index.Tail.Due is not { } chunk) return false;
        var newer = _log.Index.Tail.Chunks.RemoveAt(0);
        _log.Commit(
            () =>
            {
                _log.Index.Write(chunk);
                return _log.Head;
            },
            () => _log.Index.Tail.DropOldest(newer));
        return _log.Index.Tail.Due is not null;
    }

    /// <summary>Drops some events of a class that has too many.</summary>
    /// <returns>Whether there is more to drop.</returns>
    public bool TrimSome()
    {
        _log.Refresh();
        if (_log.Clock.Ages.IsBehind(_time.GetUtcNow()))
        {
            _log.Commit(() =>
            {
                LookAtClock(_time.GetUtcNow(), _log.Head);
                return _log.Head;
            });
        }

        var over = NextOver();
        if (over < 0) return false;

        // Twice as many as were appended meanwhile: however fast that goes, trimming is faster. Mirrors drop the same at the same place, whenever they do it.
        var most = _isMirror ? TrimmedAtOnce : (int)Math.Clamp((_log.Head - _log.TrimmedAt) * 2, TrimmedAtOnce, MostTrimmedAtOnce);
        var trimmed = _log.Trimmed;
        _log.Commit(
            () =>
            {
                _log.Kept[over] = _log.Trimmer.Step(over, _log.Kept[over], _time.GetUtcNow().ToUnixTimeMilliseconds(), most);
                _log.Retention.Save(_log.Kept, _log.Head);
                _log.Clock.Forget(_log.Kept.Min(k => k.Mark));
                trimmed = _log.Record.Describe();
                return _log.Head;
            },
            () => _log.ShowTrimmed(trimmed));
        return NextOver() >= 0;
    }

    /// <summary>Forgets some idempotency keys whose time is over, or that are too many.</summary>
    /// <returns>Whether there are more.</returns>
    public bool ForgetSomeKeys()
    {
        _log.Refresh();
        var now = _time.GetUtcNow().ToUnixTimeMilliseconds();
        if (!_log.Keys.IsDue(now)) return false;
        _log.Commit(() =>
        {
            _log.Keys.ForgetSome(now);
            return _log.Head;
        });
        return _log.Keys.IsDue(now);
    }

    /// <summary>Gives some pages that are no longer used back to the disk, where they are many.</summary>
    /// <returns>Whether there are more.</returns>
    public bool ShrinkSome()
    {
        _log.Refresh();
        var pages = _database.ReadNumber("PRAGMA page_count");
        var free = _database.ReadNumber("PRAGMA freelist_count");
        if (free < VacuumPages || free < pages / 8) return false;
        _log.Commit(() =>
        {
            _database.Execute($"PRAGMA incremental_vacuum({VacuumPages})");
            return _log.Head;
        });
        return true;
    }

    /// <summary>Makes a commit of some size, to find out whether one goes through.</summary>
    public void TryCommit()
    {
        _log.Refresh();
        _log.Commit(() =>
        {
            LogSettings.Fill(_database, TriedBytes);
            return _log.Head;
        });
        _log.Commit(() =>
        {
            LogSettings.Fill(_database, 0);
            return _log.Head;
        });
    }

    /// <summary>After most of the write-ahead log was copied into the file: copies the rest, and has it begin at its start again.</summary>
    public void BeginWriteAheadAnew()
    {
        _database.SetBusyTimeout(ReaderPatienceMilliseconds);
        _database.Checkpoint(CheckpointKind.BeginAnew);
        _log.PagesWritten = 0;
        _database.SetBusyTimeout(BusyMilliseconds);
    }

    IdempotentResult? IAppendState.FindResult(IdempotencyKey key) => _log.Keys.Find(key, _now.ToUnixTimeMilliseconds());

    EventId? IAppendState.NewestId(Topic topic) =>
        _log.Topics.Find(topic) is { } id && _log.Index.Newest(id) is { } position ? _log.Events.IdOf(position, _epochs.At(position)) : null;

    Closing? IAppendState.FindClosing(Topic topic) => _log.Closings.Find(topic);

    Epoch IAppendState.EpochAt(long position) => _epochs.At(position);

    /// <summary>Leaves the file as a log that was closed in order.</summary>
    /// <param name="problem">What has happened to the files meanwhile; null where nothing has.</param>
    public void Close(SqliteLogException? problem)
    {
        // What is left of a file that was cut off stays as it is: written to, it would look whole.
        if (problem?.Failure is SqliteLogFailure.Damaged) return;
        _log.Refresh();
        while (_log.Index.Tail.Due is not null) IndexSome();
        _database.Transact(() =>
        {
            _log.Retention.Save(_log.Kept, _log.Head);
            LogSettings.MarkClosed(_database);
        });
        _database.Checkpoint(CheckpointKind.Empty);

        // SQLite deletes the write-ahead log by its name: it may be another's by now.
        if (problem is null) _database.KeepWriteAheadLog(false);
    }

    public void Dispose() => _log.Dispose();

    private (Appended[] Results, long PreviousHead) AppendOnce(IReadOnlyList<Append> batch)
    {
        _log.Refresh();
        while (_log.Index.Tail.IsFull) IndexSome();
        var results = new Appended[batch.Count];
        var previous = _log.Head;
        _log.Commit(() =>
        {
            var position = _log.Head;
            _now = DateTimeOffset.FromUnixTimeMilliseconds(_time.GetUtcNow().ToUnixTimeMilliseconds());
            LookAtClock(_now, _log.Head);
            for (var i = 0; i < results.Length; i++) results[i] = AppendGate.Check(batch[i], this) ?? Take(batch[i], ref position);
            SaveCountsAfter((int)(position - _log.Head), position);
            if (position > _log.Head) _log.Clock.Ages.Note(_now);
            return position;
        });
        return (results, previous);
    }

    private Appended Take(Append append, ref long position)
    {
        var logged = ImmutableArray.CreateBuilder<LoggedEvent>(append.Events.Length);
        foreach (var content in append.Events) logged.Add(Add(new LoggedEvent(++position, _epochs.Current, _now, content)));
        if (append.Idempotency is { } key) _log.Keys.Insert(key, logged[0]);
        return new Appended(logged.MoveToImmutable());
    }

    private LoggedEvent Add(LoggedEvent logged)
    {
        var content = logged.Content;
        var topics = new long[content.Topics.Length];
        for (var i = 0; i < topics.Length; i++) topics[i] = _log.Topics.IdOf(content.Topics[i]);
        var repeatsId = !content.Id.IsNone && _log.Index.HasId(content.Id.Value);
        var flags = (content.IsPrivate ? EventFlags.Private : EventFlags.None) | (repeatsId ? EventFlags.RepeatsId : EventFlags.None);
        _log.Events.Insert(logged, topics, flags);
        _log.Index.Add(new IndexEntry(logged.Position, topics, content.Id.IsNone || repeatsId ? null : content.Id.Value));
        _log.Tell(CommitStep.Indexed);
        if (content.IsClosing) _log.Closings.Insert(logged);
        var index = _plan.IndexOf(content.Topics[0]);
        if (content.Key is not null && _log.Keyed.Add(logged, topics) is { } replaced && _log.CompactedKeys.Remove(index, replaced)) _log.Keyed.Drop(replaced);
        _log.Kept[index] = _log.Kept[index].WithAdded(logged);
        return logged;
    }

    private void SaveCountsAfter(int added, long position)
    {
        _log.Uncounted += added;
        if (_log.Uncounted < CountedEvery) return;
        _log.Retention.Save(_log.Kept, position);
        _log.Uncounted = 0;
    }

    // Where the clock has gone back some event counts as older than it did: each class looks again at its oldest.
    private void LookAtClock(DateTimeOffset now, long head)
    {
        if (!_log.Clock.See(now, head)) return;
        for (var i = 0; i < _log.Kept.Length; i++) _log.Kept[i] = _log.Kept[i] with { OldestTime = null };
    }

    private int NextOver() => NextOver(_time.GetUtcNow());

    private int NextOver(DateTimeOffset at)
    {
        var now = at.ToUnixTimeMilliseconds();
        for (var i = 0; i < _log.Kept.Length; i++)
        {
            if (_log.Kept[i].IsOver(Limits[i], now)) return i;
        }

        return -1;
    }
}
