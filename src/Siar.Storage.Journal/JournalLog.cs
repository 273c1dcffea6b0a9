using Siar.Hub;
using Siar.Storage.Journal.Appending;
using Siar.Storage.Journal.Copying;
using Siar.Storage.Journal.Facts;
using Siar.Storage.Journal.Following;
using Siar.Storage.Journal.Index;
using Siar.Storage.Journal.Snapshots;
using Siar.Storage.Sqlite;
using Siar.Topics;
using Siar.Wire;

namespace Siar.Storage.Journal;

/// <summary>
/// A log in an ordered stream that many hubs share: each decides by an index of its own, appends behind the last message that the index has come to, and
/// follows the stream. Positions are dense, and the same for all hubs, since all take in the same facts in the same order.
/// <code>
/// hub ── AppendAsync ──> Appender ── behind message n ──> stream ──> Follower ──> index (SQLite's tables, a cache) ──> reads
///                                                                        └──────> tail ──> hub
/// </code>
/// </summary>
public abstract class JournalLog : IEventLog
{
    private const int MostTicks = 100;
    private const int ProbeBytes = 16 << 10;
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan SnapshotTakes = TimeSpan.FromMinutes(5);

    private readonly IJournal _journal;
    private readonly JournalOptions _options;
    private readonly RetentionPlan _plan;
    private readonly LocalIndex _index;
    private readonly SnapshotStore _snapshots;
    private readonly EngineClock _clock;
    private readonly JournalFollower _follower;
    private readonly Appender _appender;
    private readonly SemaphoreSlim _maintaining = new(1, 1);
    private readonly CancellationTokenSource _stopping = new();
    private LogTail _tail = new(0);
    private Task _loop = Task.CompletedTask;
    private LogHealth _health = LogHealth.Available;

    private protected JournalLog(IJournal journal, JournalOptions options, RetentionPlan plan, TimeProvider time)
    {
        _journal = journal;
        _options = options;
        _plan = plan;
        _index = new LocalIndex(options.IndexPath ?? Path.Combine(Path.GetTempPath(), $"siar-index-{Guid.NewGuid():N}.db"), options.IndexPath is not null, options.ConfigureIndex);
        _snapshots = new SnapshotStore(journal, time);
        _clock = new EngineClock(options.Clock, time);
        _follower = new JournalFollower(journal, _index, new Reconciliation(journal, _index, _snapshots, plan, options.Clock), _clock, time, Tell);
        _appender = new Appender(journal, _index, _follower, _clock, options, time);
    }

    /// <summary>Where the log is, without secrets.</summary>
    public string Description => _journal.Description;

    /// <summary>Told of work in the background that failed and will be tried again. Must be short.</summary>
    public Action<Exception>? OnBackgroundFailure { get; set; }

    /// <inheritdoc />
    public Epoch Epoch => _index.Log.Epoch;

    /// <inheritdoc />
    public long Head => _tail.Head;

    /// <inheritdoc />
    public bool IsShared => true;

    /// <inheritdoc />
    public LogHealth Health => Volatile.Read(ref _health) is { State: not LogState.Available } bad ? bad : _index.Log.Health;

    /// <inheritdoc />
    public TrimState Trimmed => _index.Log.Trimmed;

    /// <inheritdoc />
    public RetentionPlan Plan => _index.Log.Plan;

    /// <inheritdoc />
    public Closing? FindClosing(Topic topic) => _index.Log.FindClosing(topic);

    /// <inheritdoc />
    public Epoch EpochAt(long position) => _index.Log.EpochAt(position);

    /// <inheritdoc />
    public async ValueTask<IReadOnlyList<Appended>> AppendAsync(IReadOnlyList<Append> batch, CancellationToken cancellationToken = default)
    {
        cancellationToken.ThrowIfCancellationRequested();
        try
        {
            var results = await _appender.AppendAsync(batch, cancellationToken);
            SetHealth(LogHealth.Available);
            return results;
        }
        catch (LogUnavailableException failure)
        {
            SetHealth(HealthOf(failure));
            throw;
        }
    }

    /// <inheritdoc />
    public ValueTask<LogPage> ReadTailAsync(long after, CancellationToken cancellationToken = default) => _tail.ReadAsync(this, after, cancellationToken);

    /// <inheritdoc />
    public ValueTask<LogPage> ReadAsync(LogQuery query, CancellationToken cancellationToken = default) =>
        _index.ReadAsync(log => log.ReadAsync(query, Math.Min(Head, log.Head)), cancellationToken);

    /// <inheritdoc />
    /// <exception cref="LogUnavailableException">The id is not known here, and the engine cannot be asked.</exception>
    public async ValueTask<ResolvedCursor> ResolveAsync(EventId id, CancellationToken cancellationToken = default)
    {
        var known = await _index.ReadAsync(log => log.ResolveAsync(id, cancellationToken), cancellationToken);
        if (known.Gap is null) return known;

        // Another hub may be further, or have begun an epoch.
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        patience.CancelAfter(Patience);
        try
        {
            await _follower.WaitAsync((await _journal.ReadStateAsync(patience.Token)).Last, patience.Token);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            throw new LogUnavailableException(LogState.Unavailable, $"The log's engine cannot be reached, or this hub is behind it: it is not known whether the id is one of the log's. ({Description})");
        }

        return await _index.ReadAsync(log => log.ResolveAsync(id, cancellationToken), cancellationToken);
    }

    /// <summary>
    /// Comes up to what other hubs have done, drops from the index what is over the limits, lets the stream's beginning go where it is long, and looks whether the
    /// engine takes events. Does not throw: <see cref="Health"/> tells of an engine that cannot be reached, <see cref="OnBackgroundFailure"/> of everything
    /// else.
    /// </summary>
    public async ValueTask MaintainAsync(CancellationToken cancellationToken = default)
    {
        await _maintaining.WaitAsync(cancellationToken);
        try
        {
            var state = await LookAsync(cancellationToken);
            await TidyAsync(cancellationToken);
            await ShortenAsync(state, cancellationToken);
            for (var i = 0; i < MostTicks && (await _index.IsDueAsync(_clock.Now) || Health.State is LogState.Full); i++)
            {
                var tick = new Fact.Tick(Health.State is LogState.Full ? ProbeBytes : 0);
                if (await _appender.TryAppendAsync(tick, [], _follower.Seen, cancellationToken) is not null) SetHealth(LogHealth.Available);
            }
        }
        catch (Exception failure) when (failure is not OperationCanceledException)
        {
            Tell(failure);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            Tell(new LogUnavailableException(LogState.Unavailable, $"The log's engine cannot be reached, or does not answer. ({Description})"));
        }
        finally
        {
            _maintaining.Release();
        }
    }

    /// <inheritdoc />
    public async ValueTask AdoptPlanAsync(RetentionPlan plan, CancellationToken cancellationToken = default) =>
        await _appender.AppendAsync(new Fact.PlanAdopted(plan), cancellationToken);

    /// <inheritdoc />
    public async ValueTask<IReadOnlyList<HubSign>> SignAsync(HubSign own, CancellationToken cancellationToken = default) => await _journal.SignAsync(own, cancellationToken);

    /// <inheritdoc />
    public async ValueTask RemoveSignAsync(string hub, CancellationToken cancellationToken = default) => await _journal.RemoveSignAsync(hub, cancellationToken);

    /// <summary>
    /// Reads the log as a whole, to put it into another engine, by a hub's log of its own that is disposed of after the image. No other hub may be running:
    /// where one has appended meanwhile, the reading of the keys, which comes last, fails.
    /// </summary>
    /// <exception cref="LogUnavailableException">The engine cannot be reached.</exception>
    public async Task<ILogImage> ReadImageAsync(CancellationToken cancellationToken = default)
    {
        var before = (await _journal.ReadStateAsync(cancellationToken)).Last;
        await _follower.WaitAsync(before, cancellationToken);
        return await JournalImage.MakeAsync(_index, async stop =>
        {
            if ((await _journal.ReadStateAsync(stop)).Last != before)
                throw new LogUnavailableException(LogState.Unavailable, $"A hub has appended to the log while it was read: stop all hubs first. ({Description})");
        });
    }

    /// <summary>Lets go of the engine, and of the index. What is still being appended or read fails.</summary>
    public async ValueTask DisposeAsync()
    {
        GC.SuppressFinalize(this);
        if (_stopping.IsCancellationRequested) return;
        await _stopping.CancelAsync();
        await _loop;
        await _index.DisposeAsync();
        await _journal.DisposeAsync();
    }

    /// <summary>Brings the index up to the stream, and begins to follow it.</summary>
    /// <exception cref="LogUnavailableException">The engine cannot be reached, or takes nothing; the message says what to do.</exception>
    internal async Task OpenAsync(CancellationToken cancellationToken)
    {
        await _follower.ComeUpAsync(cancellationToken);
        _tail = new LogTail(_index.Log.Head);
        _follower.Tail = _tail;
        _index.Show();
        _loop = Task.Run(() => _follower.RunAsync(_stopping.Token), CancellationToken.None);

        // That it may append is found out now, and what time it is by the engine's clock.
        if (_options.AdoptRetention && !Plan.IsSameAs(_plan)) await AdoptPlanAsync(_plan, cancellationToken);
        else await _appender.AppendAsync(new Fact.Tick(), cancellationToken);
    }

    /// <summary>Completes when the index has come to where the stream is now. For tests.</summary>
    internal async Task ComeUpAsync(CancellationToken cancellationToken) =>
        await _follower.WaitAsync((await _journal.ReadStateAsync(cancellationToken)).Last, cancellationToken);

    /// <summary>Looks at the stream. For tests.</summary>
    internal Task<JournalState> ReadJournalAsync() => _journal.ReadStateAsync(CancellationToken.None);

    // Whether the engine answers, and its stream is what the index holds.
    private async Task<JournalState> LookAsync(CancellationToken cancellationToken)
    {
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        patience.CancelAfter(Patience);
        var point = _index.Point;
        var state = await _journal.ReadStateAsync(patience.Token);
        if (state.IsOtherLife || state.Last < point.Sequence || (point.Sequence >= state.First && await _journal.FindAsync(point.Sequence, patience.Token) is { } entry && MessageFrame.Read(entry.Message).Id != point.Id))
            _follower.Compare();
        else
            await _follower.WaitAsync(state.Last, patience.Token);
        Tell(null);
        return state;
    }

    private async Task TidyAsync(CancellationToken cancellationToken) => await _index.ReadAsync(
        async log =>
        {
            await log.MaintainOnceAsync();
            return true;
        },
        cancellationToken);

    private async Task ShortenAsync(JournalState state, CancellationToken cancellationToken)
    {
        var isTight = state.Bytes > state.MaxBytes / 2;
        if (!isTight && state.Bytes < Math.Max(_options.SnapshotBytes, _index.Length)) return;

        // A full stream does not even take the message that says so; but then no hub's copy is older than another's.
        if (Health.State is not LogState.Full)
        {
            if (_clock.Now - _follower.SnapshotBegun < SnapshotTakes) return;
            if (await _appender.TryAppendAsync(new Fact.SnapshotBegun(), [], _follower.Seen, cancellationToken) is null) return;
        }

        try
        {
            var through = await _snapshots.SaveAsync(_index, cancellationToken);
            await _journal.TrimAsync(isTight ? through : through - _options.KeptMessages, cancellationToken);
        }
        catch (LogUnavailableException failure)
        {
            // The log takes events all the same: the next hub in turn tries again.
            TryTell(failure);
        }
    }

    private void Tell(Exception? failure)
    {
        if (failure is null)
        {
            // That there is room again, only an append shows.
            if (Health.State is LogState.Unavailable) SetHealth(LogHealth.Available);
        }
        else if (failure is LogUnavailableException unavailable)
        {
            SetHealth(HealthOf(unavailable));
        }
        else
        {
            TryTell(failure);
        }
    }

    private void SetHealth(LogHealth health) => Volatile.Write(ref _health, health);

    private static LogHealth HealthOf(LogUnavailableException failure) => new(failure.State, failure is SqliteLogException
        ? "This hub cannot write its index of the log: make room on the disk where that is. Then the hub goes on by itself."
        : failure.State is LogState.Full
        ? "There is no room left for the log: make room where its engine keeps it, or keep less (retention). Then the hub goes on by itself."
        : "The log's engine cannot be reached, or takes no events. The hub goes on by itself when it does.")
    {
        Detail = failure.Message,
    };

    // A logger that fails must not end a loop.
    private bool TryTell(Exception failure)
    {
        try
        {
            OnBackgroundFailure?.Invoke(failure);
            return true;
        }
        catch (Exception)
        {
            return false;
        }
    }
}
