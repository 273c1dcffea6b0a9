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
public sealed class SqliteLog : IEventLog, IRetainingLog
{
    private readonly LogFileLock _lock;
    private readonly LogWriter _writer;
    private readonly Database _checkpointing;
    private readonly EpochHistory _epochs;
    private readonly LogReader[] _readers;
    private readonly JobThreads<LogWriter> _writing;
    private readonly JobThreads<LogReader> _reading;
    private readonly JobThreads<Database> _checkpoints;
    private readonly int _checkpointPages;
    private int _isMaintaining;
    private int _isCheckpointing;
    private int _isClosed;

    private SqliteLog(string path, SqliteLogOptions options, RetentionPlan plan, TimeProvider time)
    {
        Path = path;
        _lock = LogFileLock.Take(path);
        var opened = new Stack<IDisposable>([_lock]);
        try
        {
            var database = LogOpener.Open(path, options);
            opened.Push(database);
            _epochs = EpochHistory.Read(database);
            _writer = new LogWriter(database, plan, _epochs, options, time);
            _checkpointing = Database.Open(path, DatabaseAccess.Write, options.FileSystem);
            opened.Push(_checkpointing);
            LogOpener.SetUp(_checkpointing, options);
            var context = new ReaderContext(_epochs, plan, _writer.Tail, new TopicNames(), new SelectionCache(), options);
            _readers = new LogReader[options.Readers];
            for (var i = 0; i < _readers.Length; i++) opened.Push(_readers[i] = OpenReader(context));
        }
        catch
        {
            while (opened.TryPop(out var each)) each.Dispose();
            throw;
        }

        _checkpointPages = options.WriteAheadBytes / (int)_checkpointing.ReadNumber("PRAGMA page_size")!.Value;
        _writing = new JobThreads<LogWriter>("siar log writer", [_writer]);
        _reading = new JobThreads<LogReader>("siar log reader", _readers);
        _checkpoints = new JobThreads<Database>("siar log checkpoint", [_checkpointing]);
    }

    /// <summary>The file.</summary>
    public string Path { get; }

    /// <inheritdoc />
    public Epoch Epoch => _epochs.Current;

    /// <inheritdoc />
    public long Head => _writer.Head;

    /// <inheritdoc />
    public TrimState Trimmed => _writer.Trimmed;

    /// <inheritdoc />
    public Closing? FindClosing(Topic topic) => _writer.FindClosing(topic);

    /// <summary>Told of work in the background (trimming, checkpoints) that failed and will be tried again.</summary>
    public Action<Exception>? OnBackgroundFailure { get; set; }

    /// <summary>Opens a log, or makes one where there is no file.</summary>
    /// <param name="path">The file; its folder must exist.</param>
    /// <param name="options">How the log behaves.</param>
    /// <param name="retention">How much is kept.</param>
    /// <param name="time">The clock that ages are measured by.</param>
    /// <exception cref="SqliteLogException">The log is open in another hub, or the file cannot be used; the message says what to do.</exception>
    public static SqliteLog Open(string path, SqliteLogOptions options, RetentionPlan retention, TimeProvider time) =>
        new(System.IO.Path.GetFullPath(path), options, retention, time);

    /// <inheritdoc />
    /// <exception cref="SqliteLogException">The batch could not be kept, such as on a full disk.</exception>
    public async ValueTask<AppendedBatch> AppendAsync(IReadOnlyList<Append> batch, CancellationToken cancellationToken = default)
    {
        cancellationToken.ThrowIfCancellationRequested();
        var (appended, needsMaintenance, pagesWritten) = await _writing.Do(writer => (writer.Append(batch), writer.NeedsMaintenance, writer.PagesWritten));
        if (pagesWritten >= _checkpointPages) BeginCheckpoint();
        if (needsMaintenance) Trim();
        return appended;
    }

    /// <inheritdoc />
    /// <exception cref="SqliteLogException">The file could not be read.</exception>
    public async ValueTask<LogPage> ReadAsync(LogQuery query, CancellationToken cancellationToken = default)
    {
        var head = Head;
        return await _reading.Do(reader => reader.Read(query, head, () => _writer.Trimmed));
    }

    /// <inheritdoc />
    public async ValueTask<ResolvedCursor> ResolveAsync(EventId id, CancellationToken cancellationToken = default)
    {
        if (HubEventId.TryParse(id, out var hubId)) return _epochs.Resolve(hubId, Head);
        // In this order: what is not found among the kept was trimmed before.
        var position = await _reading.Do(reader => reader.Find(id)) ?? _writer.FindTrimmed(id);
        return position is { } found ? new ResolvedCursor(found, null) : new ResolvedCursor(0, GapReason.UnknownId);
    }

    /// <inheritdoc />
    public void Trim()
    {
        if (Interlocked.Exchange(ref _isMaintaining, 1) == 0) _ = MaintainAsync();
    }

    /// <summary>Closes the file in order. What is still being appended or read fails.</summary>
    public async ValueTask DisposeAsync()
    {
        if (Interlocked.Exchange(ref _isClosed, 1) != 0) return;
        await Task.Run(Close);
    }

    /// <summary>Brings the index up, trims until nothing is over the limits, and gives free pages back.</summary>
    internal async Task MaintainOnceAsync()
    {
        while (await _writing.DoWhenIdle(writer => writer.IndexSome()))
        {
        }

        while (await _writing.DoWhenIdle(writer => writer.TrimSome()))
        {
        }

        while (await _writing.DoWhenIdle(writer => writer.ForgetSomeKeys()))
        {
        }

        while (await _writing.DoWhenIdle(writer => writer.ShrinkSome()))
        {
        }
    }

    private LogReader OpenReader(ReaderContext context)
    {
        var database = Database.Open(Path, DatabaseAccess.Read, context.Options.FileSystem);
        LogOpener.SetUp(database, context.Options);
        return new LogReader(database, context);
    }

    private async Task MaintainAsync()
    {
        await InBackgroundAsync(MaintainOnceAsync);
        Volatile.Write(ref _isMaintaining, 0);
    }

    private void BeginCheckpoint()
    {
        if (Interlocked.Exchange(ref _isCheckpointing, 1) == 0) _ = CheckpointAsync();
    }

    private async Task CheckpointAsync()
    {
        await InBackgroundAsync(async () =>
        {
            await _checkpoints.Do(database => database.Checkpoint(CheckpointKind.WithoutWaiting));
            await _writing.DoWhenIdle(writer =>
            {
                writer.BeginWriteAheadAnew();
                return true;
            });
        });
        Volatile.Write(ref _isCheckpointing, 0);
    }

    private async Task InBackgroundAsync(Func<Task> work)
    {
        try
        {
            await work();
        }
        catch (ObjectDisposedException)
        {
            // The log is closed: the next opening goes on with it.
        }
        catch (Exception failure)
        {
            OnBackgroundFailure?.Invoke(failure);
        }
    }

    private void Close()
    {
        _checkpoints.Dispose();
        _reading.Dispose();
        _writing.Dispose();
        foreach (var reader in _readers) reader.Dispose();
        _checkpointing.Dispose();
        try
        {
            _writer.Close();
        }
        finally
        {
            _writer.Dispose();
            _lock.Dispose();
        }
    }
}
