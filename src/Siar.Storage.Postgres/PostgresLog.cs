using Npgsql;
using Siar.Hub;
using Siar.Storage.Postgres.Connections;
using Siar.Storage.Postgres.Outbox;
using Siar.Storage.Postgres.Reading;
using Siar.Storage.Postgres.Retention;
using Siar.Storage.Postgres.Writing;
using Siar.Topics;
using Siar.Wire;

namespace Siar.Storage.Postgres;

/// <summary>
/// A log in PostgreSQL that many hubs share: each appends and reads by itself, and follows the tail. Positions are dense, and given in the order of
/// commits under the lock of the log's row; an acknowledged event is as safe as the server's commit.
/// <code>
/// hub ── AppendAsync ──> Appender ─┐                                     ┌─ LISTEN, and each second ──> Tail ──> hub
/// application ── siar.publish ──> outbox ── every 20 ms ──> Appender ──> log
///                                                                        └─ pages, in snapshots of their own
/// </code>
/// </summary>
public sealed class PostgresLog : IEventLog
{
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(1);

    private readonly Engine _engine;
    private readonly KnownLog _log;
    private readonly PostgresLogOptions _options;
    private readonly TimeProvider _time;
    private readonly Appender _appender;
    private readonly LogFollowing _following;
    private readonly PageReader _reader;
    private readonly Trimmer _trimmer;
    private readonly Upkeep _upkeep;
    private readonly SignTable _signs;
    private readonly SemaphoreSlim _maintaining = new(1, 1);
    private readonly CancellationTokenSource _stopping = new();
    private readonly Task _loops;

    private PostgresLog(Engine engine, KnownLog log, PostgresLogOptions options, TimeProvider time, bool hasOtherPlan)
    {
        _engine = engine;
        _log = log;
        _options = options;
        _time = time;
        HasOtherPlan = hasOtherPlan;
        var channel = $"siar_{options.Log}";
        _appender = new Appender(engine, log, options, time, channel) { OnRefused = refused => TryTell(OnRefused, refused) };
        _following = new LogFollowing(engine, log, options, _appender, channel);
        _reader = new PageReader(engine, log, options, _following.RefreshPlanAsync);
        _trimmer = new Trimmer(engine, log, options);
        _upkeep = new Upkeep(engine, log, options, time);
        _signs = new SignTable(engine, log);
        _loops = Task.WhenAll(
            RunAsync(_following.ListenAsync),
            RunAsync((connection, stop) => _following.MoveAsync(connection, time, stop)));
    }

    /// <summary>Opens a log.</summary>
    /// <param name="connection">
    /// Where it is: as Npgsql writes a connection, or a <c>postgresql://</c> URI; several hosts where there are standbys. What it does not say comes from
    /// the environment, as Npgsql knows it (<c>PGPASSWORD</c>, <c>PGPASSFILE</c> and others).
    /// </param>
    /// <param name="options">How it is used.</param>
    /// <param name="plan">How much is to be kept: for a log that is new, or where <see cref="PostgresLogOptions.AdoptRetention"/> says so.</param>
    /// <param name="time">The clock of this hub, for pauses; events get their times from the server's.</param>
    /// <param name="cancellationToken">Ends the opening.</param>
    /// <exception cref="FormatException">The connection cannot be read.</exception>
    /// <exception cref="LogUnavailableException">The server cannot be reached, or the database is not ready for a log; the message says what to do.</exception>
    public static async Task<PostgresLog> OpenAsync(
        string connection, PostgresLogOptions options, RetentionPlan plan, TimeProvider time, CancellationToken cancellationToken = default)
    {
        var engine = new Engine(connection);
        try
        {
            var (log, hasOtherPlan) = await new LogOpener(engine, options, plan).OpenAsync(cancellationToken);
            return new PostgresLog(engine, log, options, time, hasOtherPlan);
        }
        catch
        {
            await engine.DisposeAsync();
            throw;
        }
    }

    /// <summary>Where the log is, without secrets.</summary>
    public string Description => _engine.Description;

    /// <summary>Whether the log is trimmed by another plan than this hub was opened with.</summary>
    public bool HasOtherPlan { get; }

    /// <summary>Told of an event that an application has published and the log did not take; it is kept with its reason. Must be short.</summary>
    public Action<RefusedEvent>? OnRefused { get; set; }

    /// <summary>Told of work in the background that failed and will be tried again. Must be short.</summary>
    public Action<Exception>? OnBackgroundFailure { get; set; }

    /// <inheritdoc />
    public Epoch Epoch => _log.Epochs.Current.Name;

    /// <inheritdoc />
    public long Head => _log.Tail.Head;

    /// <inheritdoc />
    public bool IsShared => true;

    /// <inheritdoc />
    public LogHealth Health => _log.Health;

    /// <inheritdoc />
    public TrimState Trimmed => _log.Trims.State;

    /// <inheritdoc />
    public RetentionPlan Plan => _log.Plan;

    /// <inheritdoc />
    public Closing? FindClosing(Topic topic) => _log.FindClosing(topic);

    /// <inheritdoc />
    public Epoch EpochAt(long position) => _log.Epochs.At(position);

    /// <inheritdoc />
    public ValueTask<IReadOnlyList<Appended>> AppendAsync(IReadOnlyList<Append> batch, CancellationToken cancellationToken = default)
    {
        cancellationToken.ThrowIfCancellationRequested();
        return _appender.AppendAsync(batch, cancellationToken);
    }

    /// <inheritdoc />
    public ValueTask<LogPage> ReadTailAsync(long after, CancellationToken cancellationToken = default) => _log.Tail.ReadAsync(this, after, cancellationToken);

    /// <inheritdoc />
    /// <exception cref="LogUnavailableException">The server cannot be reached.</exception>
    public async ValueTask<LogPage> ReadAsync(LogQuery query, CancellationToken cancellationToken = default)
    {
        try
        {
            return await _reader.ReadAsync(query, cancellationToken);
        }
        catch (Exception failure) when (Engine.IsFailure(failure))
        {
            throw _engine.Describe(failure, mayBeKept: false);
        }
    }

    /// <inheritdoc />
    /// <exception cref="LogUnavailableException">The server cannot be reached.</exception>
    public async ValueTask<ResolvedCursor> ResolveAsync(EventId id, CancellationToken cancellationToken = default)
    {
        var isHubs = HubEventId.TryParse(id, out var hubId);
        if (isHubs && _log.Epochs.Resolve(hubId, Head) is { Gap: null } known) return known;
        try
        {
            await using var connection = await _engine.OpenAsync(cancellationToken);
            if (!isHubs) return await FindOwnAsync(connection, id, cancellationToken) is { } found ? new ResolvedCursor(found, null) : new ResolvedCursor(0, GapReason.UnknownId);

            // Another hub may be further, or have begun an epoch.
            await _following.RefreshAsync(connection, cancellationToken);
            return _log.Epochs.Resolve(hubId, Head) ?? new ResolvedCursor(0, GapReason.UnknownId);
        }
        catch (Exception failure) when (Engine.IsFailure(failure))
        {
            throw _engine.Describe(failure, mayBeKept: false);
        }
    }

    /// <summary>
    /// Comes up to what other hubs have done, drops what is over the limits where no other hub is at it, and looks whether the server takes events. Does
    /// not throw: <see cref="Health"/> tells of a server that cannot be reached, <see cref="OnBackgroundFailure"/> of everything else.
    /// </summary>
    public async ValueTask MaintainAsync(CancellationToken cancellationToken = default)
    {
        await _maintaining.WaitAsync(cancellationToken);
        try
        {
            await _following.ComeUpAsync(cancellationToken);
            var hasTrimmed = false;
            while (await _trimmer.StepAsync(cancellationToken)) hasTrimmed = true;
            await _upkeep.RunAsync(cancellationToken);
            if (hasTrimmed) await _following.ComeUpAsync(cancellationToken);
        }
        catch (Exception failure) when (failure is not OperationCanceledException)
        {
            Tell(failure);
        }
        finally
        {
            _maintaining.Release();
        }
    }

    /// <inheritdoc />
    public async ValueTask<IReadOnlyList<HubSign>> SignAsync(HubSign own, CancellationToken cancellationToken = default)
    {
        try
        {
            return await _signs.SignAsync(own, cancellationToken);
        }
        catch (Exception failure) when (Engine.IsFailure(failure))
        {
            throw _engine.Describe(failure, mayBeKept: false);
        }
    }

    /// <inheritdoc />
    public async ValueTask RemoveSignAsync(string hub, CancellationToken cancellationToken = default)
    {
        try
        {
            await _signs.RemoveAsync(hub, cancellationToken);
        }
        catch (Exception failure) when (Engine.IsFailure(failure))
        {
            throw _engine.Describe(failure, mayBeKept: false);
        }
    }

    /// <summary>Lets go of the server. What is still being appended or read fails.</summary>
    public async ValueTask DisposeAsync()
    {
        if (_stopping.IsCancellationRequested) return;
        await _stopping.CancelAsync();
        await _loops;
        await _appender.DisposeAsync();
        await _engine.DisposeAsync();
    }

    /// <summary>Moves what is in the outbox now. For tests, whose clock stands still.</summary>
    internal Task MoveOutboxAsync() => _following.MoveAllAsync(default);

    private static async Task<long?> FindOwnAsync(NpgsqlConnection connection, short log, EventId id, CancellationToken cancellationToken)
    {
        await using var batch = new NpgsqlBatch(connection);
        batch.Add(
                """
                SELECT coalesce(
                  (SELECT position FROM siar.publisher_id WHERE log = $1 AND hash = $2),
                  (SELECT min(position) FROM siar.trimmed_topic WHERE log = $1 AND id_hash = $2))
                """)
            .With(log).With(Hash.Of(id.Value));
        return await batch.ExecuteScalarAsync(cancellationToken) as long?;
    }

    private Task<long?> FindOwnAsync(NpgsqlConnection connection, EventId id, CancellationToken cancellationToken) =>
        FindOwnAsync(connection, _log.Number, id, cancellationToken);

    // A loop goes on by itself, whatever fails: each time on a connection of its own, after a pause.
    private async Task RunAsync(Func<NpgsqlConnection, CancellationToken, Task> loop)
    {
        await Task.Yield();
        while (!_stopping.IsCancellationRequested)
        {
            try
            {
                await using var connection = await _engine.OpenAsync(_stopping.Token);
                await loop(connection, _stopping.Token);
            }
            catch (OperationCanceledException) when (_stopping.IsCancellationRequested)
            {
                return;
            }
            catch (Exception failure)
            {
                Tell(failure);
            }

            await Task.Delay(Pause, _time, _stopping.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    private void Tell(Exception failure)
    {
        if (Engine.IsFailure(failure))
        {
            _log.SetHealth(Engine.HealthOf(_engine.Describe(failure, mayBeKept: false)));
            return;
        }

        TryTell(OnBackgroundFailure, failure);
    }

    // A logger that fails must neither end a loop nor undo what is committed.
    private static bool TryTell<T>(Action<T>? listener, T told)
    {
        try
        {
            listener?.Invoke(told);
            return true;
        }
        catch (Exception)
        {
            return false;
        }
    }
}
