using System.Collections.Immutable;
using Siar.Hub;
using Siar.Storage.Sqlite.Epochs;
using Siar.Storage.Sqlite.Native;
using Siar.Storage.Sqlite.Opening;
using Siar.Storage.Sqlite.Reading;
using Siar.Storage.Sqlite.Threads;
using Siar.Storage.Sqlite.Writing;
using Siar.Topics;
using Siar.Wire;

namespace Siar.Storage.Sqlite;

/// <summary>
/// The embedded durable log: one SQLite file, which one hub at a time may have open. A batch is one commit, on the disk before the append
/// returns. One thread writes; a few read, each with a connection of its own; none waits for another:
/// <code>
/// append ── writer ──(commit)── write-ahead log ──(checkpointer)── file
///             └ when idle: trims, gives pages back     │           │
/// read, resolve ── readers, a snapshot for each page ──┴───────────┘
/// </code>
/// </summary>
public sealed class SqliteLog : IEventLog
{
    private readonly LogFileLock _lock;
    private readonly LogFileWatch _files;
    private readonly LogWriter _writer;
    private readonly Database _checkpointing;
    private readonly EpochHistory _epochs;
    private readonly PageReader[] _readers;
    private readonly IndexTrust _index;
    private readonly JobThreads<LogWriter> _writing;
    private readonly JobThreads<PageReader> _reading;
    private readonly JobThreads<Database> _checkpoints;
    private readonly int _checkpointPages;
    private readonly LogTail _tail;
    private readonly bool _isMirror;
    private readonly BackgroundWork _maintenance;
    private readonly BackgroundWork _checkpoint;
    private LogHealth _health = LogHealth.Available;
    private int _isClosed;

    private SqliteLog(string path, SqliteLogOptions options, RetentionPlan plan, TimeProvider time)
    {
        Path = path;
        _isMirror = options.MirroredEpoch is not null;
        _lock = LogFileLock.Take(path);
        var opened = new Stack<IDisposable>([_lock]);
        try
        {
            var database = LogOpener.Open(path, options);
            opened.Push(database);
            _lock.HoldFile();
            _epochs = EpochHistory.Read(database);
            _writer = new LogWriter(database, plan, _epochs, options, time);
            _checkpointing = Database.Open(path, DatabaseAccess.Write, options.FileSystem);
            opened.Push(_checkpointing);
            LogOpener.SetUp(_checkpointing, options);
            opened.Push(_index = new IndexTrust(OpenToRead(options), _writer.Tail, time));
            var context = new ReaderContext(_epochs, plan, _writer.Tail, _index, new TopicNames(), new SelectionCache(), options);
            _readers = new PageReader[options.Readers];
            for (var i = 0; i < _readers.Length; i++) opened.Push(_readers[i] = OpenReader(context));
            opened.Push(_files = new LogFileWatch(path, _lock.File));
        }
        catch
        {
            while (opened.TryPop(out var each)) each.Dispose();
            throw;
        }

        _tail = new LogTail(_writer.Head);
        _maintenance = new BackgroundWork(MaintainOnceAsync, failure => OnBackgroundFailure?.Invoke(failure));
        _checkpoint = new BackgroundWork(CheckpointAsync, failure => OnBackgroundFailure?.Invoke(failure));
        _checkpointPages = options.WriteAheadBytes / (int)_checkpointing.ReadNumber("PRAGMA page_size")!.Value;
        _writing = new JobThreads<LogWriter>("siar log writer", [_writer]);
        _reading = new JobThreads<PageReader>("siar log reader", _readers);
        _checkpoints = new JobThreads<Database>("siar log checkpoint", [_checkpointing]);
        _index.Begin();
    }

    /// <summary>The file.</summary>
    public string Path { get; }

    /// <inheritdoc />
    public Epoch Epoch => _epochs.Current;

    /// <inheritdoc />
    public long Head => _tail.Head;

    /// <inheritdoc />
    public TrimState Trimmed => _writer.Trimmed;

    /// <inheritdoc />
    public RetentionPlan Plan => _writer.Limits.Plan;

    /// <inheritdoc />
    public LogHealth Health => _index.Damage is { } damage ? SqliteFailure.HealthOf(damage) : Volatile.Read(ref _health);

    /// <inheritdoc />
    public Closing? FindClosing(Topic topic) => _writer.FindClosing(topic);

    /// <inheritdoc />
    public Epoch EpochAt(long position) => _epochs.At(position);

    /// <summary>The epochs that the file knows of, the present one last.</summary>
    internal ImmutableArray<EpochSpan> Epochs => _epochs.Spans;

    /// <summary>Told of work in the background (trimming, checkpoints) that failed and will be tried again; once, until it fails otherwise.</summary>
    public Action<Exception>? OnBackgroundFailure { get; set; }

    /// <summary>Opens a log, or makes one where there is no file.</summary>
    /// <param name="path">The file; its folder must exist.</param>
    /// <param name="options">How the log behaves.</param>
    /// <param name="retention">How much is kept.</param>
    /// <param name="time">The clock that ages are measured by.</param>
    /// <exception cref="SqliteLogException">The log is open in another hub, or the file cannot be used; the message says what to do.</exception>
    public static SqliteLog Open(string path, SqliteLogOptions options, RetentionPlan retention, TimeProvider time)
    {
        var file = LogPath.Resolve(path);
        try
        {
            return new SqliteLog(file, options, retention, time);
        }
        catch (Exception failure) when (SqliteFailure.IsOfContents(failure))
        {
            throw SqliteFailure.OfContents(failure, file);
        }
    }

    /// <inheritdoc />
    /// <remarks>
    /// Who awaits it goes on on the thread that writes, unless a synchronisation context has it otherwise: an append from there is done at once, so that the
    /// hub's sequencer and the log's writer are one loop while there is something to write. Do not wait there for anything else of the log.
    /// </remarks>
    /// <exception cref="SqliteLogException">The batch could not be kept, such as on a full disk.</exception>
    public async ValueTask<IReadOnlyList<Appended>> AppendAsync(IReadOnlyList<Append> batch, CancellationToken cancellationToken = default)
    {
        cancellationToken.ThrowIfCancellationRequested();
        return await _writing.DoAndGoOn(writer => Append(writer, batch)).ConfigureAwait(false);
    }

    /// <inheritdoc />
    /// <exception cref="SqliteLogException">The file could not be read.</exception>
    public ValueTask<LogPage> ReadTailAsync(long after, CancellationToken cancellationToken = default) => _tail.ReadAsync(this, after, cancellationToken);

    /// <inheritdoc />
    /// <exception cref="SqliteLogException">The file could not be read.</exception>
    public async ValueTask<LogPage> ReadAsync(LogQuery query, CancellationToken cancellationToken = default) => await ReadAsync(query, Head);

    /// <summary>The same, as if a position that is not beyond the head were the head.</summary>
    internal async ValueTask<LogPage> ReadAsync(LogQuery query, long head)
    {
        return await _reading.Do(reader => reader.Read(query, head, () => _writer.Trimmed));
    }

    /// <inheritdoc />
    public async ValueTask<ResolvedCursor> ResolveAsync(EventId id, CancellationToken cancellationToken = default)
    {
        if (HubEventId.TryParse(id, out var hubId)) return _epochs.Resolve(hubId, Head);
        // In this order: what is not found among the kept was trimmed before.
        var head = Head;
        var position = await _reading.Do(reader => reader.Find(id, head)) ?? _writer.FindTrimmed(id);
        return position is { } found ? new ResolvedCursor(found, null) : new ResolvedCursor(0, GapReason.UnknownId);
    }

    /// <inheritdoc />
    public bool TryChangeLimits(RetentionPlan plan) => _writer.Limits.TryChange(plan);

    /// <summary>
    /// Drops what is over the limits, and looks whether the file takes events again. Does not throw: what fails is told once by
    /// <see cref="OnBackgroundFailure"/>, and tried again the next time.
    /// </summary>
    public async ValueTask MaintainAsync(CancellationToken cancellationToken = default)
    {
        _index.LookWhenDue();
        await _maintenance.DoAsync();
    }

    /// <summary>Closes the file in order. What is still being appended or read fails.</summary>
    public async ValueTask DisposeAsync()
    {
        if (Interlocked.Exchange(ref _isClosed, 1) != 0) return;
        await Task.Run(Close);
    }

    /// <summary>Has something done with the file by the thread that writes, between two commits. What was committed can be read then.</summary>
    internal Task<T> WriteAsync<T>(Func<LogWriter, T> work) => _writing.Do(writer =>
    {
        try
        {
            if (_files.Look() is { } gone) throw gone;
            var done = work(writer);
            BeginTidying(writer);
            return done;
        }
        finally
        {
            _tail.Advance(writer.Head);
            _files.NoteWritten();
        }
    });

    /// <summary>Brings the index up, trims until nothing is over the limits, and gives free pages back.</summary>
    internal async Task MaintainOnceAsync()
    {
        if (!await WriteWhenIdleAsync(IsWell)) return;
        while (await WriteWhenIdleAsync(writer => writer.IndexSome()))
        {
        }

        while (!_isMirror && await WriteWhenIdleAsync(writer => writer.TrimSome()))
        {
        }

        while (!_isMirror && await WriteWhenIdleAsync(writer => writer.ForgetSomeKeys()))
        {
        }

        while (await WriteWhenIdleAsync(writer => writer.ShrinkSome()))
        {
        }
    }

    private Task<bool> WriteWhenIdleAsync(Func<LogWriter, bool> work) => _writing.DoWhenIdle(writer =>
    {
        try
        {
            return work(writer);
        }
        finally
        {
            _tail.Advance(writer.Head);
            _files.NoteWritten();
        }
    });

    private PageReader OpenReader(ReaderContext context) => new(OpenToRead(context.Options), context);

    private Database OpenToRead(SqliteLogOptions options)
    {
        var database = Database.Open(Path, DatabaseAccess.Read, options.FileSystem);
        LogOpener.SetUp(database, options);
        return database;
    }

    private Appended[] Append(LogWriter writer, IReadOnlyList<Append> batch)
    {
        try
        {
            if (_files.Look() is { } gone) throw gone;
            var (results, previous) = writer.Append(batch);
            _tail.Add(batch, results, previous);
            if (_health.State is not LogState.Available) Volatile.Write(ref _health, LogHealth.Available);
            BeginTidying(writer);
            return results;
        }
        catch (Exception failure)
        {
            var told = SqliteFailure.Of(failure, Path);
            Volatile.Write(ref _health, SqliteFailure.HealthOf(told));
            throw told;
        }
        finally
        {
            // Where it failed, what was kept all the same may stand there, or be found by the next.
            _tail.Advance(writer.Head);
            _files.NoteWritten();
        }
    }

    // What was appended is acknowledged, whatever becomes of this: the next append does it, or the next second.
    private void BeginTidying(LogWriter writer)
    {
        try
        {
            if (writer.PagesWritten >= _checkpointPages) _checkpoint.Begin();
            if (writer.NeedsMaintenance) _maintenance.Begin();
        }
        catch (Exception failure)
        {
            _maintenance.Tell(failure);
        }
    }

    // A log that has failed is well when a commit goes through, whoever makes it: nobody may publish where the hub says that it is not ready. One whose
    // file is damaged is well when an event can be appended: that something else can be written says nothing of the damage.
    private bool IsWell(LogWriter writer)
    {
        try
        {
            if (_files.Look() is { } gone) throw gone;
            if (_health.State is LogState.Available or LogState.Damaged) return true;
            writer.TryCommit();
            Volatile.Write(ref _health, LogHealth.Available);
            return true;
        }
        catch (Exception failure)
        {
            Volatile.Write(ref _health, SqliteFailure.HealthOf(SqliteFailure.Of(failure, Path)));
            return false;
        }
    }

    /// <summary>Copies the write-ahead log into the file, and has it begin at its start again.</summary>
    internal async Task CheckpointAsync()
    {
        await _checkpoints.Do(database => Checkpoint(() => database.Checkpoint(CheckpointKind.WithoutWaiting)));
        await WriteWhenIdleAsync(writer => Checkpoint(writer.BeginWriteAheadAnew));
    }

    private bool Checkpoint(Action work)
    {
        _files.BeginCheckpoint();
        try
        {
            work();
            return true;
        }
        finally
        {
            _files.EndCheckpoint();
        }
    }

    private void Close()
    {
        _checkpoints.Dispose();
        _index.Dispose();
        _reading.Dispose();
        _writing.Dispose();
        foreach (var reader in _readers) reader.Dispose();
        _checkpointing.Dispose();
        try
        {
            _writer.Close(_files.Look());
        }
        finally
        {
            _writer.Dispose();
            _files.Dispose();
            _lock.Dispose();
        }
    }
}
