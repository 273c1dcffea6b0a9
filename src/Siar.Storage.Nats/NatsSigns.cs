using System.Collections.Concurrent;
using NATS.Client.Core;
using Siar.Hub;
using Siar.Storage.Journal;

namespace Siar.Storage.Nats;

/// <summary>
/// Hubs' signs of life, as messages that no stream keeps: each hub remembers the newest of every other. A hub's own sign that comes back from the server shows that it is
/// connected, may publish and subscribe, and has been given all that came before. Safe for concurrent use.
/// </summary>
/// <param name="connection">The connection.</param>
/// <param name="subject">What signs are published on.</param>
/// <param name="unfit">Makes an exception of a sentence.</param>
internal sealed class NatsSigns(NatsConnection connection, string subject, Func<string, Exception?, LogUnavailableException> unfit) : IAsyncDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(2);

    private readonly ConcurrentDictionary<string, HubSign> _signs = new(StringComparer.Ordinal);
    private readonly SemaphoreSlim _subscribing = new(1, 1);
    private readonly CancellationTokenSource _stopping = new();
    private INatsSub<byte[]>? _subscription;
    private Task _reading = Task.CompletedTask;
    private volatile Waiting? _waiting;

    /// <summary>Publishes a sign, waits until it has come back, and gives those of all.</summary>
    public async Task<IReadOnlyList<HubSign>> SignAsync(HubSign own, CancellationToken cancellationToken)
    {
        if (connection.ConnectionState != NatsConnectionState.Open) throw new IOException("not connected");
        await SubscribeAsync(cancellationToken);
        var waiting = _waiting = new Waiting(own.Hub, own.Count);
        await connection.PublishAsync(subject, SignCodec.Write(own), serializer: NatsRawSerializer<byte[]>.Default, cancellationToken: cancellationToken);
        try
        {
            await waiting.Back.Task.WaitAsync(Patience, cancellationToken);
        }
        catch (TimeoutException)
        {
            throw unfit($"What the hub publishes on '{subject}' does not come back to it: the connection may be broken, or the hub may need the right to publish and subscribe there.", null);
        }

        return [.. _signs.Values];
    }

    /// <summary>Has every hub forget one.</summary>
    public async Task RemoveAsync(string hub, CancellationToken cancellationToken)
    {
        _signs.TryRemove(hub, out _);
        if (connection.ConnectionState != NatsConnectionState.Open) throw new IOException("not connected");

        // A sign that counts 0 is the last.
        await connection.PublishAsync(subject, SignCodec.Write(new HubSign(hub, "", 0, "")), serializer: NatsRawSerializer<byte[]>.Default, cancellationToken: cancellationToken);
    }

    public async ValueTask DisposeAsync()
    {
        await _stopping.CancelAsync();
        await _reading;
        if (_subscription is { } subscription) await subscription.DisposeAsync();
    }

    private async Task SubscribeAsync(CancellationToken cancellationToken)
    {
        if (_subscription is not null && !_reading.IsCompleted) return;
        await _subscribing.WaitAsync(cancellationToken);
        try
        {
            if (_subscription is not null && !_reading.IsCompleted) return;
            if (_subscription is { } ended) await ended.DisposeAsync();
            _subscription = await connection.SubscribeCoreAsync(subject, serializer: NatsRawSerializer<byte[]>.Default, cancellationToken: cancellationToken);
            _reading = Task.Run(() => ReadAsync(_subscription), CancellationToken.None);
        }
        finally
        {
            _subscribing.Release();
        }
    }

    // Ends where the subscription does; the next sign makes another.
    private async Task ReadAsync(INatsSub<byte[]> subscription)
    {
        try
        {
            await foreach (var message in subscription.Msgs.ReadAllAsync(_stopping.Token))
            {
                if (message.Data is not { } data || SignCodec.Read(data) is not { } sign) continue;
                if (sign.Count == 0) _signs.TryRemove(sign.Hub, out _);
                else _signs[sign.Hub] = sign;
                if (_waiting is { } waiting && waiting.Hub == sign.Hub && waiting.Count == sign.Count) waiting.Back.TrySetResult();
            }
        }
        catch (Exception failure) when (failure is OperationCanceledException || NatsConnector.IsFailure(failure))
        {
            // It has ended.
        }
    }

    private sealed record Waiting(string Hub, long Count)
    {
        public TaskCompletionSource Back { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);
    }
}
