using System.Net;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Connections.Features;

namespace Siar.Sockets;

/// <summary>The server's own sockets behind the <see cref="ConnectionGate"/>: what holds on bare sockets holds of every connection.</summary>
/// <param name="inner">The server's own.</param>
/// <param name="gate">Says which connections may stay.</param>
internal sealed class GuardedListenerFactory(IConnectionListenerFactory inner, ConnectionGate gate)
    : IConnectionListenerFactory, IConnectionListenerFactorySelector
{
    public bool CanBind(EndPoint endpoint) => inner is not IConnectionListenerFactorySelector selector || selector.CanBind(endpoint);

    public async ValueTask<IConnectionListener> BindAsync(EndPoint endpoint, CancellationToken cancellationToken = default)
    {
        gate.CheckRoom();
        return new Listener(await inner.BindAsync(endpoint, cancellationToken), gate);
    }

    private sealed class Listener(IConnectionListener inner, ConnectionGate gate) : IConnectionListener
    {
        public EndPoint EndPoint => inner.EndPoint;

        public async ValueTask<ConnectionContext?> AcceptAsync(CancellationToken cancellationToken = default)
        {
            while (await inner.AcceptAsync(cancellationToken) is { } connection)
            {
                var descriptor = connection.Features.Get<IConnectionSocketFeature>()?.Socket.Handle ?? 0;
                if (gate.TryEnter((connection.RemoteEndPoint as IPEndPoint)?.Address, descriptor) is { } place) return new GuardedConnection(connection, place, gate.Silent);
                connection.Abort(new ConnectionAbortedException("There is no room for the connection."));
                await connection.DisposeAsync();
            }

            return null;
        }

        public ValueTask UnbindAsync(CancellationToken cancellationToken = default) => inner.UnbindAsync(cancellationToken);

        public ValueTask DisposeAsync() => inner.DisposeAsync();
    }
}
