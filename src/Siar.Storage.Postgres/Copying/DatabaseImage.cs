using System.Buffers.Binary;
using System.Collections.Immutable;
using System.Data;
using System.Runtime.CompilerServices;
using Npgsql;
using Siar.Hub;
using Siar.Storage.Postgres.Connections;
using Siar.Storage.Postgres.Reading;
using Siar.Storage.Postgres.Writing;
using Siar.Topics;
using Siar.Wire;

namespace Siar.Storage.Postgres.Copying;

/// <summary>A log in a database, as an image: of one snapshot, under the head's lock, so that no hub appends meanwhile.</summary>
internal sealed class DatabaseImage : ILogImage
{
    // An event whose id leads elsewhere has no row with its position.
    private const string IsFoundById =
        "EXISTS (SELECT FROM siar.publisher_id p WHERE p.log = e.log AND p.hash = substr(sha256(convert_to(e.id, 'UTF8')), 1, 16) AND p.position = e.position)";

    private const int Attempts = 20;
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(100);

    private readonly Engine _engine;
    private readonly NpgsqlConnection _connection;
    private short _log;
    private EpochHistory _epochs = null!;

    private DatabaseImage(Engine engine, NpgsqlConnection connection)
    {
        _engine = engine;
        _connection = connection;
    }

    /// <summary>Opens a log, and keeps hubs from appending.</summary>
    public static async Task<ILogImage> OpenAsync(string connection, string log, CancellationToken cancellationToken)
    {
        var engine = new Engine(connection);
        DatabaseImage? image = null;
        try
        {
            image = new DatabaseImage(engine, await engine.OpenAsync(cancellationToken));
            await image.BeginAsync(log, cancellationToken);
            return image;
        }
        catch (Exception failure)
        {
            await (image?.DisposeAsync() ?? engine.DisposeAsync());
            if (failure is NpgsqlException) throw engine.Describe(failure, mayBeKept: false);
            throw;
        }
    }

    /// <inheritdoc />
    public LogImageSummary Summary { get; private set; } = null!;

    /// <inheritdoc />
    public IAsyncEnumerable<ImageEvent> ReadEventsAsync(CancellationToken cancellationToken) => ReadAsync(
        $"SELECT {EventRows.Columns}, {IsFoundById} FROM siar.event e WHERE e.log = $1 ORDER BY e.position", row => new ImageEvent(EventRows.Read(row, _epochs).Logged, row.GetBoolean(12)), cancellationToken);

    /// <inheritdoc />
    public IAsyncEnumerable<ImageEvent> ReadCompactedEventsAsync(CancellationToken cancellationToken) => ReadAsync(
        $"SELECT {EventRows.Columns} FROM siar.survivor e WHERE e.log = $1 ORDER BY e.position", row => new ImageEvent(EventRows.Read(row, _epochs).Logged, IsFoundById: true), cancellationToken);

    /// <inheritdoc />
    public IAsyncEnumerable<ImageKey> ReadKeysAsync(CancellationToken cancellationToken) => ReadAsync(
        "SELECT hash, fingerprint, position, time, expires FROM siar.idempotency WHERE log = $1 ORDER BY position",
        row => new ImageKey(null, null, row.Get<byte[]>(0), BinaryPrimitives.ReadUInt128BigEndian(row.Get<byte[]>(1)), row.GetInt64(2), row.Get<DateTimeOffset>(3), row.Get<DateTimeOffset>(4)),
        cancellationToken);

    /// <inheritdoc />
    public async ValueTask DisposeAsync()
    {
        // What the transaction holds goes with it.
        await _connection.DisposeAsync();
        await _engine.DisposeAsync();
    }

    private async Task BeginAsync(string name, CancellationToken cancellationToken)
    {
        _log = (await ListAsync("SELECT log FROM siar.log WHERE name = $1", name, row => row.GetInt16(0), cancellationToken)) is [var number]
            ? number
            : throw new LogUnavailableException(LogState.Unavailable, $"The database has no log '{name}'. (PostgreSQL at {_engine.Description}.)");
        await HaveAloneAsync(cancellationToken);
        await _connection.BeginTransactionAsync(IsolationLevel.RepeatableRead, cancellationToken);
        await using (var patience = new NpgsqlCommand("SET LOCAL statement_timeout = 0; SET LOCAL idle_in_transaction_session_timeout = 0", _connection)) await patience.ExecuteNonQueryAsync(cancellationToken);
        var head = (await ListAsync(HeadRow.Lock, _log, row => row.GetInt64(0), cancellationToken))[0];
        if ((await ListAsync("SELECT count(*) FROM siar.outbox WHERE log = $1", _log, row => row.GetInt64(0), cancellationToken))[0] is > 0 and var waiting)
            throw new LogUnavailableException(LogState.Unavailable, $"{waiting} events that applications have published are not in the log yet: let a hub run until siar.outbox is empty. (PostgreSQL at {_engine.Description}.)");
        await ReadSummaryAsync(head, cancellationToken);
    }

    // The server may not have noticed yet that a hub has gone.
    private async Task HaveAloneAsync(CancellationToken cancellationToken)
    {
        for (var attempt = 1; ; attempt++)
        {
            await using var alone = new NpgsqlBatch(_connection);
            alone.Add(LogUse.TryHaveAlone).With(LogUse.LockClass).With((int)_log);
            if (await alone.ExecuteScalarAsync(cancellationToken) is true) return;
            if (attempt == Attempts) throw new LogUnavailableException(LogState.Unavailable, $"A hub is running on the log: stop all hubs first. (PostgreSQL at {_engine.Description}.)");
            await Task.Delay(Pause, TimeProvider.System, cancellationToken);
        }
    }

    private async Task ReadSummaryAsync(long head, CancellationToken cancellationToken)
    {
        await using (var batch = new NpgsqlBatch(_connection))
        {
            batch.Add(EpochHistory.Sql).With(_log);
            await using var rows = await batch.ExecuteReaderAsync(cancellationToken);
            _epochs = await EpochHistory.ReadAsync(rows, cancellationToken);
        }

        Summary = new LogImageSummary(
            head,
            [.. _epochs.Spans.Select(e => new ImageEpoch(e.Name, e.After, e.Through))],
            (await ListAsync("SELECT plan FROM siar.log WHERE log = $1", _log, row => PlanText.Read(row.GetString(0)), cancellationToken))[0],
            await ListAsync("SELECT class, trimmed, trimmed_alternate, floor, alternate_floor FROM siar.retention WHERE log = $1", _log, row =>
                new ImageClass(row.GetString(0), row.GetInt64(1), row.GetInt64(2), row.GetInt64(3), row.GetInt64(4)), cancellationToken),
            await ListAsync("SELECT class, topic, private, position, id FROM siar.trimmed_topic WHERE log = $1 ORDER BY position", _log, row =>
                (row.GetString(0), new TrimmedTopic(Topic.Parse(row.GetString(1)), row.GetBoolean(2), row.GetInt64(3), row.TextOrNull(4) is { } id ? EventId.Parse(id) : default)), cancellationToken),
            await ListAsync("SELECT topic, position, time, private FROM siar.closing WHERE log = $1 ORDER BY position", _log, row =>
                (Topic.Parse(row.GetString(0)), new Closing(row.GetInt64(1), row.Get<DateTimeOffset>(2), row.GetBoolean(3))), cancellationToken),
            await ListAsync("SELECT position, time FROM siar.clock_step WHERE log = $1 ORDER BY position", _log, row => new ClockStep(row.GetInt64(0), row.Get<DateTimeOffset>(1)), cancellationToken));
    }

    private async Task<ImmutableArray<T>> ListAsync<T, TParameter>(string sql, TParameter parameter, Func<NpgsqlDataReader, T> read, CancellationToken cancellationToken)
    {
        await using var batch = new NpgsqlBatch(_connection);
        batch.Add(sql).With(parameter);
        await using var rows = await batch.ExecuteReaderAsync(cancellationToken);
        var all = ImmutableArray.CreateBuilder<T>();
        while (await rows.ReadAsync(cancellationToken)) all.Add(read(rows));
        return all.DrainToImmutable();
    }

    private async IAsyncEnumerable<T> ReadAsync<T>(string sql, Func<NpgsqlDataReader, T> read, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await using var batch = new NpgsqlBatch(_connection) { Timeout = 0 };
        batch.Add(sql).With(_log);
        await using var rows = await GuardedAsync(batch.ExecuteReaderAsync(cancellationToken));
        while (await GuardedAsync(rows.ReadAsync(cancellationToken))) yield return read(rows);
    }

    private async Task<T> GuardedAsync<T>(Task<T> work)
    {
        try
        {
            return await work;
        }
        catch (Exception failure) when (Engine.IsFailure(failure))
        {
            throw _engine.Describe(failure, mayBeKept: false);
        }
    }
}
