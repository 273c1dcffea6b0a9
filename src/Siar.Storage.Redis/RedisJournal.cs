using System.Globalization;
using System.Runtime.CompilerServices;
using System.Threading.Channels;
using Siar.Hub;
using Siar.Storage.Journal;
using StackExchange.Redis;

namespace Siar.Storage.Redis;

/// <summary>A log's stream in Redis.</summary>
internal sealed class RedisJournal : IJournal
{
    private const int Fetched = 256;
    private static readonly TimeSpan Poll = TimeSpan.FromMilliseconds(500);

    private readonly IConnectionMultiplexer _connection;
    private readonly RedisKey _stream;
    private readonly RedisKey _state;
    private readonly RedisKey _copies;
    private readonly RedisKey _signs;
    private readonly RedisChannel _channel;
    private readonly TimeProvider _time;

    private RedisJournal(IConnectionMultiplexer connection, string description, string log, TimeProvider time)
    {
        _connection = connection;
        _time = time;
        Description = description;
        _stream = $"{{siar:{log}}}:log";
        _state = $"{{siar:{log}}}:state";
        _copies = $"{{siar:{log}}}:index";
        _signs = $"{{siar:{log}}}:hubs";
        _channel = RedisChannel.Literal($"{{siar:{log}}}:wake");
    }

    public string Description { get; }

    public int MaxMessageBytes => 64 << 20;

    private IDatabase Database => _connection.GetDatabase();

    /// <summary>Connects, and looks whether the server is fit for a log.</summary>
    /// <exception cref="FormatException">The connection cannot be read.</exception>
    /// <exception cref="LogUnavailableException">The server cannot be reached, or is not fit for a log.</exception>
    public static async Task<RedisJournal> OpenAsync(string connection, RedisLogOptions options, TimeProvider time, CancellationToken cancellationToken)
    {
        var description = $"Redis at {RedisServers.Redact(connection)}, log '{options.Log}'";
        if (RedisServers.Check(connection) is { } error) throw new FormatException(error);
        var settings = RedisServers.Parse(connection)!;
        settings.AbortOnConnectFail = false;
        settings.ClientName ??= "siar";

        // A replica that was promoted is found within seconds.
        settings.ConfigCheckSeconds = Math.Min(settings.ConfigCheckSeconds, 2);

        // What is not sent at once is not sent later either: the hub tries again by itself.
        settings.BacklogPolicy = BacklogPolicy.FailFast;
        settings.ReconnectRetryPolicy = new LinearRetry(250);
        var multiplexer = await ConnectionMultiplexer.ConnectAsync(settings).WaitAsync(cancellationToken);
        var journal = new RedisJournal(multiplexer, description, options.Log, time);
        try
        {
            await journal.CheckAsync(options, cancellationToken);
            return journal;
        }
        catch
        {
            await journal.DisposeAsync();
            throw;
        }
    }

    public Task<JournalState> ReadStateAsync(CancellationToken cancellationToken) => TryAsync(
        async database =>
        {
            var said = (RedisResult[])(await database.ScriptEvaluateAsync(RedisScripts.State, [_stream, _state]))!;
            return new JournalState((long)said[0], (long)said[1], (long)said[2]) { IsOtherLife = (long)said[3] == 1 };
        },
        mayBeKept: false,
        cancellationToken);

    public Task<AppendOutcome> AppendAsync(ReadOnlyMemory<byte> message, string id, long expectedLast, bool beginsEpoch, CancellationToken cancellationToken) => TryAsync(
        async database =>
        {
            var said = (RedisResult[])(await database.ScriptEvaluateAsync(
                RedisScripts.Append, [_stream, _state], [expectedLast, message, beginsEpoch ? 1 : 0, (string)_channel!]))!;
            return new AppendOutcome((long)said[1], (long)said[0] != 1) { IsOtherLife = (long)said[0] == 2 };
        },
        mayBeKept: true,
        cancellationToken);

    public async IAsyncEnumerable<JournalEntry> FollowAsync(long after, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        // A message on the channel wakes, and carries nothing: one that is lost costs half a second.
        var woken = Channel.CreateBounded<bool>(new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite });
        var subscriber = _connection.GetSubscriber();
        void Wake(RedisChannel channel, RedisValue value) => woken.Writer.TryWrite(true);
        await TryAsync(
            async _ =>
            {
                await subscriber.SubscribeAsync(_channel, Wake);
                return true;
            },
            mayBeKept: false,
            cancellationToken);
        try
        {
            while (!cancellationToken.IsCancellationRequested)
            {
                var entries = await TryAsync(database => database.StreamRangeAsync(_stream, $"{after + 1}-0", "+", Fetched), mayBeKept: false, cancellationToken);
                for (var i = 0; i < entries.Length; i++) yield return EntryOf(entries[i], isNewest: i == entries.Length - 1 && entries.Length < Fetched);
                if (entries.Length > 0) after = SequenceOf(entries[^1]);
                else await WaitAsync(woken.Reader, cancellationToken);
            }
        }
        finally
        {
            await subscriber.UnsubscribeAsync(_channel, Wake, CommandFlags.FireAndForget);
        }
    }

    public async Task<JournalEntry?> FindAsync(long sequence, CancellationToken cancellationToken)
    {
        var entries = await TryAsync(database => database.StreamRangeAsync(_stream, $"{sequence}-0", $"{sequence}-0", 1), mayBeKept: false, cancellationToken);
        return entries is [var entry] ? EntryOf(entry, isNewest: false) : null;
    }

    public Task TrimAsync(long through, CancellationToken cancellationToken) => through <= 0 ? Task.CompletedTask : TryAsync(
        database => database.ExecuteAsync("XTRIM", [_stream, "MINID", $"{through + 1}-0"]), mayBeKept: false, cancellationToken);

    public Task PutAsync(string name, ReadOnlyMemory<byte> bytes, CancellationToken cancellationToken) =>
        TryAsync(database => database.HashSetAsync(_copies, name, bytes), mayBeKept: false, cancellationToken);

    public async Task<byte[]?> GetAsync(string name, CancellationToken cancellationToken) =>
        await TryAsync(database => database.HashGetAsync(_copies, name), mayBeKept: false, cancellationToken);

    public Task DeleteAsync(string name, CancellationToken cancellationToken) => TryAsync(database => database.HashDeleteAsync(_copies, name), mayBeKept: false, cancellationToken);

    public Task<IReadOnlyList<HubSign>> SignAsync(HubSign own, CancellationToken cancellationToken) => TryAsync<IReadOnlyList<HubSign>>(
        async database =>
        {
            var said = (RedisResult[])(await database.ScriptEvaluateAsync(RedisScripts.Sign, [_signs], [own.Hub, SignCodec.Write(own)]))!;
            return [.. said.Select(s => SignCodec.Read((byte[])s!)).OfType<HubSign>()];
        },
        mayBeKept: false,
        cancellationToken);

    public Task RemoveSignAsync(string hub, CancellationToken cancellationToken) => TryAsync(database => database.HashDeleteAsync(_signs, hub), mayBeKept: false, cancellationToken);

    public ValueTask DisposeAsync() => _connection.DisposeAsync();

    private static JournalEntry EntryOf(StreamEntry entry, bool isNewest) =>
        new(SequenceOf(entry), DateTimeOffset.FromUnixTimeMilliseconds((long)entry["t"]), (byte[]?)entry["m"] ?? [], isNewest);

    private static long SequenceOf(StreamEntry entry) =>
        long.Parse(((string)entry.Id!).Split('-')[0], NumberStyles.None, CultureInfo.InvariantCulture);

    private async Task CheckAsync(RedisLogOptions options, CancellationToken cancellationToken)
    {
        var since = _time.GetTimestamp();
        string info;
        while (true)
        {
            try
            {
                info = await TryAsync(async database => (string)(await database.ScriptEvaluateAsync(RedisScripts.Info))!, mayBeKept: false, cancellationToken);
                break;
            }
            catch (LogUnavailableException) when (_time.GetElapsedTime(since) < options.Timeout)
            {
                await Task.Delay(Poll, _time, cancellationToken);
            }
        }

        string? Of(string name) => info.Split('\n').FirstOrDefault(l => l.StartsWith(name + ":", StringComparison.Ordinal))?[(name.Length + 1)..].Trim();
        if (!Version.TryParse(Of("redis_version"), out var version) || version.Major < 7) throw Unfit($"The server is Redis {Of("redis_version")}: a log needs version 7.0 or newer.");
        if (Of("aof_enabled") != "1") throw Unfit("The server keeps no append-only file, so that a restart loses what was acknowledged: set 'appendonly yes'.");
        if (Of("maxmemory") is not (null or "0") && Of("maxmemory_policy") != "noeviction") throw Unfit("The server drops keys when its memory is full: set 'maxmemory-policy noeviction'.");
        if (!options.Prepare && (await ReadStateAsync(cancellationToken)).Last == 0) throw Unfit("There is no log of this name, and this hub may not begin it (Prepare).");
    }

    private async Task WaitAsync(ChannelReader<bool> woken, CancellationToken cancellationToken)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limit.CancelAfter(Poll);
        try
        {
            await woken.ReadAsync(limit.Token);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            // Nobody has woken it: it looks all the same.
        }
    }

    private async Task<T> TryAsync<T>(Func<IDatabase, Task<T>> ask, bool mayBeKept, CancellationToken cancellationToken)
    {
        try
        {
            return await ask(Database).WaitAsync(cancellationToken);
        }
        catch (RedisServerException failure)
        {
            var isFull = failure.Message.StartsWith("OOM", StringComparison.Ordinal);
            throw new LogUnavailableException(
                isFull ? LogState.Full : LogState.Unavailable,
                isFull ? $"The server has no memory left for the log: raise 'maxmemory', or keep less (retention). ({Description}: {failure.Message})" : $"The server does not do what it is asked. ({Description}: {failure.Message})",
                failure);
        }
        catch (Exception failure) when (failure is RedisException or TimeoutException or ObjectDisposedException)
        {
            // What found no connection was not sent.
            var isSent = failure is not RedisConnectionException { FailureType: ConnectionFailureType.UnableToResolvePhysicalConnection or ConnectionFailureType.UnableToConnect };
            throw new LogUnavailableException(LogState.Unavailable, $"The server cannot be reached, or does not answer. ({Description}: {failure.Message})", failure) { MayBeKept = mayBeKept && isSent };
        }
    }

    private LogUnavailableException Unfit(string sentence) => new(LogState.Unavailable, $"{sentence} ({Description})");
}
