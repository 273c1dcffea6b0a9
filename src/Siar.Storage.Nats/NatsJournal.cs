using System.Globalization;
using System.Runtime.CompilerServices;
using NATS.Client.Core;
using NATS.Client.JetStream;
using NATS.Client.JetStream.Models;
using Siar.Hub;
using Siar.Storage.Journal;

namespace Siar.Storage.Nats;

/// <summary>A log's stream in NATS JetStream. What is decisive is asked of the stream's leader.</summary>
internal sealed class NatsJournal : IJournal
{
    private const int WrongLastSequence = 10071;
    private const int HeaderBytes = 1_024;
    private const int MostMessageBytes = 8 << 20;
    private const int Fetched = 512;

    // No room, by the stream's own limit, the account's or the disk's.
    private static readonly int[] NoRoom = [10023, 10028, 10047, 10077];
    private static readonly TimeSpan Heartbeat = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan Expires = TimeSpan.FromSeconds(30);

    private readonly NatsConnector _connector;
    private readonly NatsConnection _connection;
    private readonly NatsJSContext _jetStream;
    private readonly NatsStreams _streams;
    private readonly NatsSigns _signs;

    private NatsJournal(NatsConnector connector, NatsConnection connection, NatsLogOptions options)
    {
        _connector = connector;
        _connection = connection;
        _jetStream = new NatsJSContext(connection);
        _streams = new NatsStreams(connector, _jetStream, options);
        _signs = new NatsSigns(connection, _streams.SignSubject, connector.Unfit);
    }

    public string Description => _connector.Description;

    public int MaxMessageBytes => Math.Min(MostMessageBytes, _connection.ServerInfo?.MaxPayload ?? (1 << 20)) - HeaderBytes;

    /// <summary>Connects, and makes the streams where there are none.</summary>
    public static async Task<NatsJournal> OpenAsync(string servers, NatsLogOptions options, TimeProvider time, CancellationToken cancellationToken)
    {
        var connector = new NatsConnector(servers, options, time);
        var journal = new NatsJournal(connector, await connector.ConnectAsync(cancellationToken), options);
        try
        {
            await connector.RetryAsync(() => journal._streams.PrepareAsync(cancellationToken), cancellationToken);
            return journal;
        }
        catch
        {
            await journal.DisposeAsync();
            throw;
        }
    }

    public Task<JournalState> ReadStateAsync(CancellationToken cancellationToken) => TryAsync(async () =>
    {
        INatsJSStream stream;
        try
        {
            stream = await _jetStream.GetStreamAsync(_streams.Name, cancellationToken: cancellationToken);
        }
        catch (NatsJSApiException failure) when (NatsStreams.IsMissing(failure))
        {
            // Somebody has deleted it: the log begins anew, in another epoch.
            await _streams.PrepareAsync(cancellationToken);
            stream = await _jetStream.GetStreamAsync(_streams.Name, cancellationToken: cancellationToken);
        }

        var state = stream.Info.State;
        var last = (long)state.LastSeq;
        return new JournalState(state.Messages == 0 ? last + 1 : (long)state.FirstSeq, last, state.Bytes, stream.Info.Config.MaxBytes is > 0 and var most ? most : null);
    });

    public async Task<AppendOutcome> AppendAsync(ReadOnlyMemory<byte> message, string id, long expectedLast, bool beginsEpoch, CancellationToken cancellationToken)
    {
        // What is not sent is not kept: the client would send it once it is connected again.
        if (_connection.ConnectionState != NatsConnectionState.Open) throw _connector.Describe(new IOException("not connected"), mayBeKept: false);
        PubAckResponse ack;
        try
        {
            var options = new NatsJSPubOpts { MsgId = id, ExpectedStream = _streams.Name, ExpectedLastSequence = (ulong)expectedLast, RetryAttempts = 1 };
            ack = await _jetStream.PublishAsync(_streams.Subject, message, NatsRawSerializer<ReadOnlyMemory<byte>>.Default, options, cancellationToken: cancellationToken);
        }
        catch (Exception failure) when (NatsConnector.IsFailure(failure))
        {
            throw _connector.Describe(failure, mayBeKept: true);
        }

        return await OutcomeAsync(ack, cancellationToken);
    }

    public async IAsyncEnumerable<JournalEntry> FollowAsync(long after, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var consumer = await TryAsync(() => _jetStream.CreateOrderedConsumerAsync(
            _streams.Name,
            new NatsJSOrderedConsumerOpts { DeliverPolicy = ConsumerConfigDeliverPolicy.ByStartSequence, OptStartSeq = (ulong)after + 1 },
            cancellationToken).AsTask());
        var settings = new NatsJSConsumeOpts { MaxMsgs = Fetched, IdleHeartbeat = Heartbeat, Expires = Expires };
        await using var messages = consumer.ConsumeAsync(NatsRawSerializer<byte[]>.Default, settings, cancellationToken).GetAsyncEnumerator(cancellationToken);
        while (await TryAsync(() => messages.MoveNextAsync().AsTask()))
        {
            if (messages.Current is not { Metadata: { } metadata } message) continue;
            yield return new JournalEntry((long)metadata.Sequence.Stream, metadata.Timestamp, message.Data ?? [], metadata.NumPending == 0);
        }
    }

    public async Task<JournalEntry?> FindAsync(long sequence, CancellationToken cancellationToken) =>
        await GetAsync(_streams.Name, new StreamMsgGetRequest { Seq = (ulong)sequence }, cancellationToken) is { } message
            ? new JournalEntry(sequence, message.Time, message.Data, IsNewest: false)
            : null;

    public Task TrimAsync(long through, CancellationToken cancellationToken) => through <= 0 ? Task.CompletedTask : TryAsync(async () =>
        await _jetStream.PurgeStreamAsync(_streams.Name, new StreamPurgeRequest { Seq = (ulong)through + 1 }, cancellationToken));

    public Task PutAsync(string name, ReadOnlyMemory<byte> bytes, CancellationToken cancellationToken) => TryAsync(async () =>
    {
        var ack = await _jetStream.PublishAsync(_streams.CopySubject(name), bytes, NatsRawSerializer<ReadOnlyMemory<byte>>.Default, cancellationToken: cancellationToken);
        if (ack.Error is { } error) throw Refused(error);
        return true;
    });

    public async Task<byte[]?> GetAsync(string name, CancellationToken cancellationToken) =>
        await GetAsync(_streams.CopyName, new StreamMsgGetRequest { LastBySubj = _streams.CopySubject(name) }, cancellationToken) is { } message ? message.Data.ToArray() : null;

    public Task DeleteAsync(string name, CancellationToken cancellationToken) => TryAsync(async () =>
        await _jetStream.PurgeStreamAsync(_streams.CopyName, new StreamPurgeRequest { Filter = _streams.CopySubject(name) }, cancellationToken));

    public Task<IReadOnlyList<HubSign>> SignAsync(HubSign own, CancellationToken cancellationToken) => TryAsync(() => _signs.SignAsync(own, cancellationToken));

    public Task RemoveSignAsync(string hub, CancellationToken cancellationToken) => TryAsync(() => _signs.RemoveAsync(hub, cancellationToken));

    public async ValueTask DisposeAsync()
    {
        await _signs.DisposeAsync();
        await _connection.DisposeAsync();
    }

    private async Task<AppendOutcome> OutcomeAsync(PubAckResponse ack, CancellationToken cancellationToken)
    {
        if (ack.Error is null) return new AppendOutcome((long)ack.Seq, IsConflict: false);
        if (ack.Error.ErrCode != WrongLastSequence) throw Refused(ack.Error);

        // The server says which is the last: "wrong last sequence: 7".
        var said = ack.Error.Description is { } text ? text[(text.LastIndexOf(' ') + 1)..] : "";
        var last = long.TryParse(said, NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : (await ReadStateAsync(cancellationToken)).Last;
        return new AppendOutcome(last, IsConflict: true);
    }

    private Task<StoredMessage?> GetAsync(string stream, StreamMsgGetRequest request, CancellationToken cancellationToken) => TryAsync(async () =>
    {
        try
        {
            var subject = $"{_jetStream.Opts.Prefix}.STREAM.MSG.GET.{stream}";
            return (await _jetStream.JSRequestResponseAsync<StreamMsgGetRequest, StreamMsgGetResponse>(subject, request, cancellationToken)).Message;
        }
        catch (NatsJSApiException failure) when (failure.Error.Code == 404)
        {
            return null;
        }
    });

    private LogUnavailableException Refused(ApiError error) => NoRoom.Contains(error.ErrCode)
        ? new LogUnavailableException(LogState.Full, $"The engine has no room for the log: raise the stream's or the account's limit, make room on its disks, or keep less (retention). ({Description}: {error.Description})")
        : new LogUnavailableException(LogState.Unavailable, $"The engine does not take events: {error.Description}. ({Description})");

    private Task TryAsync(Func<Task> ask) => TryAsync(async () =>
    {
        await ask();
        return true;
    });

    private async Task<T> TryAsync<T>(Func<Task<T>> ask)
    {
        try
        {
            return await ask();
        }
        catch (Exception failure) when (NatsConnector.IsFailure(failure))
        {
            throw _connector.Describe(failure, mayBeKept: false);
        }
    }
}
