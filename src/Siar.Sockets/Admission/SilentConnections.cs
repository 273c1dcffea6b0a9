using Microsoft.AspNetCore.Connections;

namespace Siar.Sockets;

/// <summary>
/// Cuts connections that have said nothing for <see cref="Siar.Hub.LimitOptions.FirstByteTimeout"/> since they were made. One that has said something is no more watched: what
/// waits for its next request stays open. Safe for concurrent use.
/// </summary>
internal sealed class SilentConnections : IDisposable
{
    private readonly Lock _gate = new();
    // All have the same patience, so that they are due in the order in which they came.
    private readonly LinkedList<Silent> _waiting = [];
    private readonly ConnectionGate _connections;
    private readonly TimeProvider _time;
    private readonly ITimer _timer;

    public SilentConnections(ConnectionGate connections, TimeProvider time)
    {
        _connections = connections;
        _time = time;
        _timer = time.CreateTimer(static s => ((SilentConnections)s!).CutDue(), this, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
    }

    // It may be changed while connections wait, and holds for all of them then.
    private TimeSpan Patience => _connections.Limits.FirstByteTimeout;

    /// <summary>How many have said nothing yet.</summary>
    public int Count
    {
        get
        {
            lock (_gate) return _waiting.Count;
        }
    }

    /// <summary>Watches a connection that was just made.</summary>
    public LinkedListNode<Silent> Begin(ConnectionContext connection)
    {
        lock (_gate)
        {
            var node = _waiting.AddLast(new Silent(connection, _time.GetTimestamp()));
            if (_waiting.Count == 1) _timer.Change(Patience, Timeout.InfiniteTimeSpan);
            return node;
        }
    }

    /// <summary>Watches it no more, since it has said something or is closed. A second call does nothing.</summary>
    public void End(LinkedListNode<Silent> node)
    {
        lock (_gate)
        {
            if (ReferenceEquals(node.List, _waiting)) _waiting.Remove(node);
        }
    }

    public void Dispose() => _timer.Dispose();

    private void CutDue()
    {
        foreach (var connection in TakeDue())
        {
            _connections.CountRefused("silent");
            connection.Abort(new ConnectionAbortedException("The connection has said nothing since it was made."));
        }
    }

    private List<ConnectionContext> TakeDue()
    {
        var due = new List<ConnectionContext>();
        lock (_gate)
        {
            while (_waiting.First is { } first)
            {
                var left = Patience - _time.GetElapsedTime(first.Value.Since);
                if (left > TimeSpan.Zero)
                {
                    // A timer of the system counts whole milliseconds.
                    _timer.Change(left + TimeSpan.FromMilliseconds(1), Timeout.InfiniteTimeSpan);
                    break;
                }

                due.Add(first.Value.Connection);
                _waiting.RemoveFirst();
            }
        }

        return due;
    }

    /// <summary>A connection, and since when it is silent.</summary>
    internal readonly record struct Silent(ConnectionContext Connection, long Since);
}
