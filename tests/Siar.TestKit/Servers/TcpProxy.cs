using System.Net;
using System.Net.Sockets;

namespace Siar.TestKit;

/// <summary>
/// Stands between a client and a server on loopback, and does to their connections what networks do: cuts them, stops forwarding one way or both, or
/// throws an answer away that the server has given. May be used from any thread.
/// </summary>
public sealed class TcpProxy : IAsyncDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly Lock _gate = new();
    private readonly HashSet<Socket> _sockets = [];
    private readonly List<Task> _pumps = [];
    private readonly Task _accepting;
    private TaskCompletionSource _toServer = Open();
    private TaskCompletionSource _toClient = Open();
    private Func<ReadOnlyMemory<byte>, bool>? _losesAnswer;
    private bool _refuses;

    /// <summary>Begins to listen, on a port that the system chooses.</summary>
    /// <param name="server">The port of the server.</param>
    public TcpProxy(int server)
    {
        Server = server;
        _listener.Start();
        _accepting = AcceptAsync();
    }

    /// <summary>Where clients connect.</summary>
    public int Port => ((IPEndPoint)_listener.LocalEndpoint).Port;

    /// <summary>The port of the server; another after a fail-over.</summary>
    public int Server { get; set; }

    /// <summary>How many answers were thrown away.</summary>
    public int AnswersLost { get; private set; }

    /// <summary>Cuts all connections, and lets none through any more.</summary>
    public void Cut()
    {
        Volatile.Write(ref _refuses, true);
        CloseAll();
    }

    /// <summary>Forwards nothing more towards the server, or towards clients; connections stay open.</summary>
    public void Stop(bool toServer, bool toClients)
    {
        lock (_gate)
        {
            if (toServer && _toServer.Task.IsCompleted) _toServer = New();
            if (toClients && _toClient.Task.IsCompleted) _toClient = New();
        }
    }

    /// <summary>Forwards both ways again, and lets new connections through.</summary>
    public void Heal()
    {
        Volatile.Write(ref _refuses, false);
        lock (_gate)
        {
            _toServer.TrySetResult();
            _toClient.TrySetResult();
        }
    }

    /// <summary>Throws the first answer away that is of a kind, and cuts its connection: the server has done what it was asked, and nobody knows.</summary>
    /// <param name="isAnswer">Whether bytes from the server hold such an answer.</param>
    public void LoseAnswer(Func<ReadOnlyMemory<byte>, bool> isAnswer) => Volatile.Write(ref _losesAnswer, isAnswer);

    /// <inheritdoc />
    public async ValueTask DisposeAsync()
    {
        Volatile.Write(ref _refuses, true);
        _listener.Stop();
        Heal();
        Volatile.Write(ref _refuses, true);
        CloseAll();
        await _accepting;
        Task[] pumps;
        lock (_gate) pumps = [.. _pumps];
        await Task.WhenAll(pumps);
        _listener.Dispose();
    }

    private async Task AcceptAsync()
    {
        try
        {
            while (true)
            {
                var client = await _listener.AcceptSocketAsync();
                if (Volatile.Read(ref _refuses)) client.Dispose();
                else Connect(client);
            }
        }
        catch (Exception failure) when (failure is SocketException or ObjectDisposedException or InvalidOperationException)
        {
            // The proxy is disposed of.
        }
    }

    private void Connect(Socket client)
    {
        var server = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        client.NoDelay = true;
        try
        {
            server.Connect(IPAddress.Loopback, Server);
        }
        catch (SocketException)
        {
            client.Dispose();
            server.Dispose();
            return;
        }

        lock (_gate)
        {
            _sockets.Add(client);
            _sockets.Add(server);
            _pumps.Add(PumpAsync(client, server, isAnswer: false));
            _pumps.Add(PumpAsync(server, client, isAnswer: true));
        }
    }

    private async Task PumpAsync(Socket from, Socket to, bool isAnswer)
    {
        await Task.Yield();
        var buffer = new byte[64 << 10];
        try
        {
            while (await from.ReceiveAsync(buffer) is > 0 and var count)
            {
                Task mayGo;
                lock (_gate) mayGo = (isAnswer ? _toClient : _toServer).Task;
                await mayGo;
                if (isAnswer && IsLost(buffer.AsMemory(0, count))) break;
                await to.SendAsync(buffer.AsMemory(0, count));
            }
        }
        catch (Exception failure) when (failure is SocketException or ObjectDisposedException)
        {
            // One of the two is gone: the other is told by the end of its connection.
        }

        lock (_gate)
        {
            _sockets.Remove(from);
            _sockets.Remove(to);
        }

        from.Dispose();
        to.Dispose();
    }

    private bool IsLost(ReadOnlyMemory<byte> answer)
    {
        if (Volatile.Read(ref _losesAnswer) is not { } isAnswer || !isAnswer(answer)) return false;
        if (Interlocked.CompareExchange(ref _losesAnswer, null, isAnswer) != isAnswer) return false;
        AnswersLost++;
        return true;
    }

    private void CloseAll()
    {
        Socket[] open;
        lock (_gate) open = [.. _sockets];
        foreach (var socket in open) socket.Dispose();
    }

    private static TaskCompletionSource New() => new(TaskCreationOptions.RunContinuationsAsynchronously);

    private static TaskCompletionSource Open()
    {
        var open = New();
        open.SetResult();
        return open;
    }
}
