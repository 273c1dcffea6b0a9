using System.Runtime.CompilerServices;
using Siar.Hub;
using Siar.Storage.Journal;
using Siar.Storage.Nats;
using Siar.Storage.Postgres;
using Siar.Storage.Redis;
using Siar.Storage.Sqlite;

namespace Siar.Tool;

/// <summary><c>siar log copy</c>: a log from one engine into another.</summary>
internal sealed class LogTransfer
{
    private readonly EventStore _from;
    private readonly EventStore _to;
    private readonly ServeSettings _settings;
    private readonly ConsoleMessages _messages;

    private LogTransfer(EventStore from, EventStore to, ServeSettings settings, ConsoleMessages messages)
    {
        _from = from;
        _to = to;
        _settings = settings;
        _messages = messages;
    }

    /// <summary>Copies, and says what came of it.</summary>
    public static async Task<int> RunAsync(SettingValue from, SettingValue to, SettingValue? config, CancellationToken stop)
    {
        var messages = new ConsoleMessages("siar log copy", isQuiet: false);
        try
        {
            var settings = SettingsLoader.Load(config, Environment.GetEnvironmentVariables(), []);
            return await new LogTransfer(Parse(from), Parse(to), settings, messages).RunAsync(stop);
        }
        catch (SettingException failure)
        {
            return messages.Fail(failure.Message, ExitCode.Usage);
        }
        catch (SqliteLogException failure)
        {
            return messages.Fail(failure.Message, LogRun.ExitCodeOf(failure));
        }
        catch (LogUnavailableException failure)
        {
            return messages.Fail(failure.Message);
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            return messages.Fail("stopped; there is no copy.");
        }
    }

    private static EventStore Parse(SettingValue value) =>
        EventStore.Parse(value) is var store && store != EventStore.Memory ? store : throw value.Wrong("a log in memory belongs to its hub alone: name a store that others can open");

    private async Task<int> RunAsync(CancellationToken stop)
    {
        // A log in NATS or Redis is read by an index of its own, which is let go of last.
        await using var journal = _from.NatsServers is null && _from.Redis is null ? null : await LogRun.OpenJournalAsync(_from, _settings, adopts: false, stop);
        await using var image = new CountedImage(await ReadAsync(journal, stop), _messages);
        var plan = image.Summary.Plan ?? RetentionPlan.Of(_settings.Siar.Hub);
        await WriteAsync(image, plan, stop);
        Report(image);
        return ExitCode.Ok;
    }

    private async Task<ILogImage> ReadAsync(JournalLog? journal, CancellationToken stop) =>
        journal is not null ? await journal.ReadImageAsync(stop)
        : _from.Connection is { } connection ? await PostgresDatabase.ReadImageAsync(connection, _settings.Postgres.Log, stop)
        : SqliteLogFile.ReadImage(_from.File!);

    private async Task WriteAsync(ILogImage image, RetentionPlan plan, CancellationToken stop)
    {
        if (_to.Connection is { } connection)
        {
            if (_settings.Postgres.Prepare && await PostgresDatabase.ReadVersionAsync(connection, stop) == 0) await PostgresDatabase.MigrateAsync(connection, stop);
            await PostgresDatabase.WriteImageAsync(image, connection, _settings.Postgres.Log, plan, stop);
        }
        else if (_to.NatsServers is { } servers)
        {
            await NatsLog.WriteImageAsync(image, servers, _settings.Nats, plan, stop);
        }
        else if (_to.Redis is { } redis)
        {
            await RedisLog.WriteImageAsync(image, redis, _settings.Redis, plan, stop);
        }
        else
        {
            await SqliteLogFile.WriteImageAsync(image, _to.File!, stop);
        }
    }

    private void Report(CountedImage image)
    {
        _messages.Say($"{_to} has {image.Events:N0} events up to position {image.Summary.Head:N0}, {image.Compacted:N0} that are kept for their key alone, {image.Summary.Closings.Length:N0} closed topics and {image.Keys - LostKeys(image):N0} idempotency keys.");
        if (LostKeys(image) is > 0 and var lost)
            _messages.Warn($"{lost:N0} idempotency keys were left behind: of them PostgreSQL has hashes alone. What was published under one of them would be published twice if it were sent again.");
        if (_to.File is not null && image.Summary.Plan is not null)
            _messages.Say("how much is kept is for the hub's own settings to say now: a file has no plan of its own.");
        _messages.Say($"ids of before go on to resume there. {_from} is as it was: let no hub publish to it any more.");
    }

    private long LostKeys(CountedImage image) => _to.Connection is null ? image.HashedKeys : 0;

    /// <summary>An image that counts what is read of it, and says so now and then.</summary>
    private sealed class CountedImage(ILogImage image, ConsoleMessages messages) : ILogImage
    {
        private const int SaidEach = 100_000;

        public long Events { get; private set; }

        public long Compacted { get; private set; }

        public long Keys { get; private set; }

        /// <summary>Of the keys those that are known by their hash alone.</summary>
        public long HashedKeys { get; private set; }

        public LogImageSummary Summary => image.Summary;

        public async IAsyncEnumerable<ImageEvent> ReadEventsAsync([EnumeratorCancellation] CancellationToken cancellationToken)
        {
            await foreach (var read in image.ReadEventsAsync(cancellationToken))
            {
                if (++Events % SaidEach == 0) messages.Say($"{Events:N0} events, at position {read.Event.Position:N0} of {Summary.Head:N0}.");
                yield return read;
            }
        }

        public async IAsyncEnumerable<ImageEvent> ReadCompactedEventsAsync([EnumeratorCancellation] CancellationToken cancellationToken)
        {
            await foreach (var read in image.ReadCompactedEventsAsync(cancellationToken))
            {
                Compacted++;
                yield return read;
            }
        }

        public async IAsyncEnumerable<ImageKey> ReadKeysAsync([EnumeratorCancellation] CancellationToken cancellationToken)
        {
            await foreach (var key in image.ReadKeysAsync(cancellationToken))
            {
                Keys++;
                if (key.Scope is null) HashedKeys++;
                yield return key;
            }
        }

        public ValueTask DisposeAsync() => image.DisposeAsync();
    }
}
