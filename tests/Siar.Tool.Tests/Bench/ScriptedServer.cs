using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Siar.Tool.Tests;

/// <summary>An event stream's server that does what a test says: what each reader gets of each event, and when a publish is answered.</summary>
internal sealed class ScriptedServer : IAsyncDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly List<Socket> _sockets = [];
    private readonly List<Socket> _readers = [];
    private readonly Task _accepting;
    private int _published;

    public ScriptedServer()
    {
        _listener.Start(2_048);
        _accepting = AcceptAsync();
    }

    public string Url => $"http://127.0.0.1:{((IPEndPoint)_listener.LocalEndpoint).Port}/{{topic}}";

    /// <summary>What a reader gets of an event, by the reader's number, the event's and its data; null ends the stream.</summary>
    public Func<int, int, string, IEnumerable<string>?> Deliver { get; init; } = static (_, _, data) => [data];

    /// <summary>What comes before an event is delivered and answered.</summary>
    public Func<int, Task> Before { get; init; } = static _ => Task.CompletedTask;

    public BenchRequest Request => new() { SubscribeUrls = [Url], PublishUrls = [Url], Subscribers = 10, Rate = 100, Settle = TimeSpan.Zero, WarmUp = TimeSpan.Zero, IsQuiet = true };

    public async ValueTask DisposeAsync()
    {
        _listener.Stop();
        lock (_sockets)
        {
            foreach (var socket in _sockets) socket.Dispose();
        }

        await _accepting;
    }

    private async Task AcceptAsync()
    {
        try
        {
            while (true)
            {
                var socket = await _listener.AcceptSocketAsync();
                lock (_sockets) _sockets.Add(socket);
                _ = ServeAsync(socket);
            }
        }
        catch (Exception failure) when (failure is SocketException or ObjectDisposedException)
        {
            // The test is over.
        }
    }

    private async Task ServeAsync(Socket socket)
    {
        var reader = new StreamReader(new NetworkStream(socket), Encoding.Latin1);
        try
        {
            while (await reader.ReadLineAsync() is { } line)
            {
                var length = 0;
                while (await reader.ReadLineAsync() is { Length: > 0 } field)
                {
                    if (field.StartsWith("Content-Length:", StringComparison.OrdinalIgnoreCase)) length = int.Parse(field.AsSpan(15));
                }

                if (line.StartsWith("GET", StringComparison.Ordinal)) Subscribe(socket);
                else await PublishAsync(socket, reader, length);
            }
        }
        catch (Exception failure) when (failure is IOException or ObjectDisposedException or SocketException)
        {
            // The client has gone.
        }
    }

    private void Subscribe(Socket socket)
    {
        lock (_sockets) _readers.Add(socket);
        socket.Send("HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\n\r\n:\n\n"u8);
    }

    private async Task PublishAsync(Socket publisher, StreamReader reader, int length)
    {
        var data = new char[length];
        await reader.ReadBlockAsync(data);
        var number = _published++;
        await Before(number);
        lock (_sockets)
        {
            for (var i = 0; i < _readers.Count; i++) Send(_readers[i], Deliver(i, number, new string(data)));
        }

        publisher.Send("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n"u8);
    }

    private static void Send(Socket reader, IEnumerable<string>? events)
    {
        if (events is null) reader.Dispose();
        else foreach (var data in events) reader.Send(Encoding.Latin1.GetBytes($"id: {data.Split(' ')[1]}\ndata: {data}\n\n"));
    }
}
