using Siar.Hub;

namespace Siar.AspNetCore;

/// <summary>
/// Is told when streams begin and end, of every door: <c>/events</c>, the Mercure path, <c>MapEvents</c>, <c>SiarResults</c>. Called beside the streams, one call at a
/// time, in the order in which it happened: none waits for it. What it throws is logged and goes no further, and a call that takes longer than ten seconds is given up.
/// Beyond 100,000 calls that wait, further ones are left out, which the log tells.
/// </summary>
public interface ISiarConnectionObserver
{
    /// <summary>A stream has begun. Default: nothing.</summary>
    /// <param name="connection">Whose, and what it is about.</param>
    /// <param name="cancellationToken">Cancelled when the call takes too long.</param>
    ValueTask OnConnectedAsync(SiarConnection connection, CancellationToken cancellationToken) => ValueTask.CompletedTask;

    /// <summary>A stream has ended, of which <see cref="OnConnectedAsync"/> told with the same object. Default: nothing.</summary>
    /// <param name="connection">The stream.</param>
    /// <param name="reason">Why it has ended.</param>
    /// <param name="cancellationToken">Cancelled when the call takes too long.</param>
    ValueTask OnDisconnectedAsync(SiarConnection connection, EndReason reason, CancellationToken cancellationToken) => ValueTask.CompletedTask;
}

/// <summary>An observer that is functions.</summary>
internal sealed class DelegateObserver(Func<SiarConnection, CancellationToken, ValueTask>? connected, Func<SiarConnection, EndReason, CancellationToken, ValueTask>? disconnected) : ISiarConnectionObserver
{
    public ValueTask OnConnectedAsync(SiarConnection connection, CancellationToken cancellationToken) => connected?.Invoke(connection, cancellationToken) ?? ValueTask.CompletedTask;

    public ValueTask OnDisconnectedAsync(SiarConnection connection, EndReason reason, CancellationToken cancellationToken) =>
        disconnected?.Invoke(connection, reason, cancellationToken) ?? ValueTask.CompletedTask;
}
