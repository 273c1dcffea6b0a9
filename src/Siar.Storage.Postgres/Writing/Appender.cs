using System.Globalization;
using Npgsql;
using Siar.Hub;
using Siar.Storage.Postgres.Connections;
using Siar.Storage.Postgres.Outbox;

namespace Siar.Storage.Postgres.Writing;

/// <summary>
/// Appends to the log: the publishers' batches of this hub, and what applications left in the outbox, one commit at a time, on one connection.
/// <code>
/// 1st pipeline  BEGIN ── lock the head ── read what decides: keys, closings, newest events, topics, outbox ──┐
/// decided here  AppendGate, for each append in order                                                         │
/// 2nd pipeline  events, indexes, keys, closings, counts, the batch's id ── head ── NOTIFY ── COMMIT ─────────────┘
///                 └ fails: the head is locked anew, which waits for the end of whatever the server still does,
///                   and the batch's id tells whether it was kept
/// </code>
/// </summary>
internal sealed class Appender : IAsyncDisposable
{
    private static readonly TimeSpan SettlePause = TimeSpan.FromMilliseconds(100);

    private readonly Engine _engine;
    private readonly KnownLog _log;
    private readonly PostgresLogOptions _options;
    private readonly TimeProvider _time;
    private readonly string _channel;
    private readonly SemaphoreSlim _turn = new(1, 1);
    private NpgsqlConnection? _connection;
    private ServerIdentity? _server;

    public Appender(Engine engine, KnownLog log, PostgresLogOptions options, TimeProvider time, string channel)
    {
        _engine = engine;
        _log = log;
        _options = options;
        _time = time;
        _channel = channel;
    }

    /// <summary>Told of an event of the outbox that the log did not take.</summary>
    public Action<RefusedEvent>? OnRefused { get; set; }

    /// <summary>Appends a batch.</summary>
    public async ValueTask<IReadOnlyList<Appended>> AppendAsync(IReadOnlyList<Append> batch, CancellationToken cancellationToken)
    {
        await _turn.WaitAsync(cancellationToken);
        try
        {
            return (await RunAsync(batch, fromOutbox: false))[..batch.Count];
        }
        finally
        {
            _turn.Release();
        }
    }

    /// <summary>Moves events from the outbox into the log.</summary>
    /// <returns>How many there were.</returns>
    public async ValueTask<int> MoveAsync(CancellationToken cancellationToken)
    {
        await _turn.WaitAsync(cancellationToken);
        try
        {
            return (await RunAsync([], fromOutbox: true)).Length;
        }
        finally
        {
            _turn.Release();
        }
    }

    /// <summary>Ends the epoch at the head that is found, where the server is another than that which the epoch is of, or has lost something.</summary>
    public async ValueTask LookAtEpochAsync(CancellationToken cancellationToken)
    {
        await _turn.WaitAsync(cancellationToken);
        try
        {
            await GuardedAsync(async () =>
            {
                var connection = await ConnectAsync();
                await using var first = NewBatch(connection);
                var attempt = new AppendAttempt(_log, []);
                await BeginAsync(attempt, first, fromOutbox: false);
                await CommitAsync(connection, attempt, isEpochOnly: true);
                return true;
            });
        }
        finally
        {
            _turn.Release();
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _turn.WaitAsync();
        await DisconnectAsync();
        _turn.Dispose();
    }

    // Where a connection was found broken before anything was kept, as after a fail-over, another is tried once.
    private async ValueTask<Appended[]> RunAsync(IReadOnlyList<Append> batch, bool fromOutbox)
    {
        var isFirst = _connection is not null;
        while (true)
        {
            try
            {
                return await GuardedAsync(() => RunOnceAsync(batch, fromOutbox));
            }
            catch (LogUnavailableException failure) when (isFirst && !failure.MayBeKept && failure.InnerException is not PostgresException { SqlState: not [ '5', '7', ..] })
            {
                isFirst = false;
            }
        }
    }

    private async ValueTask<T> GuardedAsync<T>(Func<ValueTask<T>> work)
    {
        try
        {
            var done = await work();
            _log.SetHealth(LogHealth.Available);
            return done;
        }
        catch (Exception failure)
        {
            await DisconnectAsync();
            if (!Engine.IsFailure(failure)) throw;
            var described = _engine.Describe(failure, failure is LogUnavailableException { MayBeKept: true });
            _log.SetHealth(Engine.HealthOf(described));
            throw described;
        }
    }

    private async ValueTask<Appended[]> RunOnceAsync(IReadOnlyList<Append> batch, bool fromOutbox)
    {
        var connection = await ConnectAsync();
        await using var first = NewBatch(connection);
        var attempt = new AppendAttempt(_log, batch);
        await BeginAsync(attempt, first, fromOutbox);
        if (fromOutbox && attempt.Moved.Count == 0)
        {
            await RollBackAsync(connection);
            return [];
        }

        attempt.Decide();
        if (attempt.Rows is null && attempt.Moved.Count == 0)
        {
            await RollBackAsync(connection);
            _log.Tail.Advance(attempt.Row.Head);
            return attempt.Results;
        }

        try
        {
            await CommitAsync(connection, attempt, isEpochOnly: false);
        }
        catch (Exception failure) when (Engine.IsFailure(failure))
        {
            await SettleAsync(attempt, failure);
        }

        Show(attempt);
        return attempt.Results;
    }

    // The first pipeline.
    private async Task BeginAsync(AppendAttempt attempt, NpgsqlBatch pipeline, bool fromOutbox)
    {
        var closedThrough = _log.ClosedThrough;
        pipeline.Add("BEGIN");
        pipeline.Add(HeadRow.Lock).With(_log.Number);
        pipeline.Add("SELECT clock_timestamp()");
        pipeline.Add(EpochHistory.Sql).With(_log.Number);
        pipeline.Add(KnownLog.ClosingSql).With(_log.Number).With(closedThrough);
        if (fromOutbox) pipeline.Add(OutboxRow.Take).With(_log.Number).With(_options.MovedAtOnce);
        else attempt.AddLookUps(pipeline);
        await using (var rows = await pipeline.ExecuteReaderAsync())
        {
            attempt.Row = await HeadRow.ReadAsync(rows, default);
            await rows.NextResultAsync();
            await rows.ReadAsync();
            var now = _options.Clock?.GetUtcNow() ?? rows.Get<DateTimeOffset>(0);
            await rows.NextResultAsync();
            attempt.Known = await EpochHistory.ReadAsync(rows, default);
            await rows.NextResultAsync();

            // What others have closed is committed: it is known from here on, whatever becomes of this batch.
            _log.SetEpochs(attempt.Known);
            await _log.ReadClosingsAsync(rows, default);
            attempt.NewEpoch = IsOtherLife(attempt.Row) ? Epoch.New() : null;
            var epochs = attempt.NewEpoch is { } name ? attempt.Known.Begin(name, attempt.Row.Head) : attempt.Known;

            // Times never fall, whatever the clock does; and a table keeps microseconds.
            now = new DateTimeOffset(now.Ticks - (now.Ticks % TimeSpan.TicksPerMicrosecond), TimeSpan.Zero);
            attempt.State = new AppendState(_log, epochs, now > attempt.Row.Time ? now : attempt.Row.Time);
            await rows.NextResultAsync();
            if (fromOutbox) attempt.Moved.AddRange(await OutboxRow.ReadAsync(rows));
            else await attempt.ReadLookUpsAsync(rows);
        }

        if (attempt.Moved.Count > 0) await LookUpMovedAsync(attempt);

        // What is appended is counted by the classes that stand in the log.
        if (attempt.Row.PlanVersion == _log.PlanVersion) return;
        var (plan, version) = await LogOpener.ReadPlanAsync(_connection!, _log.Number, default);
        _log.SetPlan(PlanText.Read(plan), version);
    }

    // A promoted standby, a restored server, or one that has lost its last commits in a crash.
    private bool IsOtherLife(HeadRow row) => row.Server != _server || row.Head < _log.Tail.Head;

    // What was in the outbox is known only now.
    private async Task LookUpMovedAsync(AppendAttempt attempt)
    {
        attempt.Batch = [.. attempt.Moved.Where(m => m.Append is not null).Select(m => m.Append!)];
        if (attempt.Batch.Count == 0) return;
        await using var pipeline = NewBatch(_connection!);
        attempt.AddLookUps(pipeline);
        await using var rows = await pipeline.ExecuteReaderAsync();
        await attempt.ReadLookUpsAsync(rows);
    }

    // The second pipeline.
    private async Task CommitAsync(NpgsqlConnection connection, AppendAttempt attempt, bool isEpochOnly)
    {
        await using var pipeline = NewBatch(connection);
        if (attempt.NewEpoch is { } epoch) AddEpoch(pipeline, attempt, epoch);
        if (attempt.Rows is { } rows)
        {
            rows.AddTo(pipeline, _log.Plan);
            pipeline.Add("INSERT INTO siar.batch (log, id, first, time) VALUES ($1, $2, $3, $4)")
                .With(_log.Number).With(attempt.Id).With(attempt.Row.Head + 1).With(attempt.State.Now);
            pipeline.Add("UPDATE siar.log SET head = $2, time = $3, batch = $4 WHERE log = $1").With(_log.Number).With(attempt.Head).With(attempt.State.Now).With(attempt.Id);
        }

        if (attempt.Moved.Count > 0) OutboxRow.AddTo(pipeline, attempt.Moved, attempt.Refused);
        if (attempt.Rows is not null || attempt.NewEpoch is not null)
        {
            // Where an epoch has begun, others may have read further than the head that is told: they look in any case.
            var told = attempt.NewEpoch is null ? attempt.Head.ToString(CultureInfo.InvariantCulture) : "epoch";
            pipeline.Add("SELECT pg_notify($1, $2)").With(_channel).With(told);
        }

        pipeline.Add("COMMIT");
        await pipeline.ExecuteNonQueryAsync();
        if (isEpochOnly) Show(attempt);
    }

    private void AddEpoch(NpgsqlBatch pipeline, AppendAttempt attempt, Epoch epoch)
    {
        var ordinal = attempt.Known.Current.Ordinal + 1;
        pipeline.Add("UPDATE siar.epoch SET through = $2 WHERE log = $1 AND through IS NULL").With(_log.Number).With(attempt.Row.Head);
        pipeline.Add("INSERT INTO siar.epoch (log, ordinal, name, after) VALUES ($1, $2, $3, $4)").With(_log.Number).With(ordinal).With(epoch.Value).With(attempt.Row.Head);
        pipeline.Add("UPDATE siar.log SET epoch = $2, system = $3, timeline = $4 WHERE log = $1").With(_log.Number).With(ordinal).With(_server!.System).With(_server.Timeline);
    }

    // What is committed becomes known: closings and epochs before the head.
    private void Show(AppendAttempt attempt)
    {
        foreach (var (topic, closing) in attempt.State.Closings) _log.AddClosing(topic, closing);
        _log.SetEpochs(attempt.State.Epochs);
        _log.Tail.Add(attempt.Batch, attempt.Results, attempt.Row.Head);
        foreach (var refused in attempt.Refused) OnRefused?.Invoke(refused);
    }

    /// <summary>
    /// Finds out what became of a commit that failed, or whose answer was lost. As long as the server may still do it, it holds the head's lock.
    /// </summary>
    private async Task SettleAsync(AppendAttempt attempt, Exception failure)
    {
        await DisconnectAsync();
        var began = _time.GetTimestamp();
        while (true)
        {
            try
            {
                var connection = await ConnectAsync();
                await using var pipeline = NewBatch(connection);
                pipeline.Add("BEGIN");
                pipeline.Add(HeadRow.Lock).With(_log.Number);
                pipeline.Add("SELECT EXISTS (SELECT FROM siar.batch WHERE log = $1 AND id = $2)").With(_log.Number).With(attempt.Id);
                pipeline.Add("COMMIT");
                await using var rows = await pipeline.ExecuteReaderAsync();
                await rows.NextResultAsync();
                await rows.ReadAsync();
                if (rows.GetBoolean(0)) return;
                break;
            }
            catch (Exception again) when (Engine.IsFailure(again))
            {
                await DisconnectAsync();
                if (_time.GetElapsedTime(began) > _options.Timeout) throw _engine.Describe(failure, mayBeKept: true);
                await Task.Delay(SettlePause, _time);
            }
        }

        throw _engine.Describe(failure, mayBeKept: false);
    }

    private async ValueTask<NpgsqlConnection> ConnectAsync()
    {
        if (_connection is { } open) return open;
        var connection = await _engine.OpenAsync(default);
        try
        {
            _server = await ServerIdentity.ReadAsync(connection, default);
            return _connection = connection;
        }
        catch
        {
            await connection.DisposeAsync();
            throw;
        }
    }

    private async ValueTask DisconnectAsync()
    {
        if (_connection is not { } connection) return;
        _connection = null;
        try
        {
            await connection.DisposeAsync();
        }
        catch (Exception failure) when (Engine.IsFailure(failure))
        {
            // It was broken.
        }
    }

    private static async Task RollBackAsync(NpgsqlConnection connection)
    {
        await using var command = new NpgsqlCommand("ROLLBACK", connection);
        await command.ExecuteNonQueryAsync();
    }

    private NpgsqlBatch NewBatch(NpgsqlConnection connection) => new(connection) { Timeout = (int)Math.Ceiling(_options.Timeout.TotalSeconds) };
}
