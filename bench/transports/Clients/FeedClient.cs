using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Siar.Bench.Transports.Clients;

/// <summary>A client on a bare socket. What its transport is made of is in the classes that inherit it.</summary>
internal abstract class FeedClient(IPEndPoint server, int number, Tally tally) : IDisposable
{
    // A server may bound the connections from one address.
    private const int ClientsAnAddress = 900;

    private readonly Socket _socket = new(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
    private readonly byte[] _buffer = new byte[2_048];
    private readonly TaskCompletionSource _open = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private bool _isClosed;
    private long _newest;

    public async Task OpenAsync()
    {
        _socket.Bind(new IPEndPoint(IPAddress.Parse($"127.0.{1 + (number / ClientsAnAddress)}.1"), 0));
        await _socket.ConnectAsync(server);
        _ = ReadAsync();
        Ask();
        await _open.Task;
    }

    public void Dispose()
    {
        Volatile.Write(ref _isClosed, true);
        _socket.Dispose();
    }

    /// <summary>Sends the first request.</summary>
    protected abstract void Ask();

    /// <summary>Takes what has come.</summary>
    protected abstract void Take(ReadOnlySpan<byte> bytes);

    protected void Send(string path, string headers)
    {
        var request = Encoding.Latin1.GetBytes($"GET {path} HTTP/1.1\r\nHost: {server}\r\n{headers}\r\n");
        tally.CountOut(_socket.Send(request));
    }

    protected void Opened(int status, int expected)
    {
        if (status == expected) _open.TrySetResult();
        else throw new FormatException($"the server answered {status}, not {expected}");
    }

    /// <summary>Counts an event: the moment when it was published stands at its beginning.</summary>
    protected void Deliver(ReadOnlySpan<char> data)
    {
        var published = long.Parse(data[..data.IndexOf(' ')], CultureInfo.InvariantCulture);
        if (published <= _newest) tally.CountRepeat();
        _newest = Math.Max(_newest, published);
        tally.CountDelivery((long)Stopwatch.GetElapsedTime(published).TotalMicroseconds);
    }

    private async Task ReadAsync()
    {
        var why = "the connection ended";
        try
        {
            while (await _socket.ReceiveAsync(_buffer, SocketFlags.None) is var count and > 0)
            {
                tally.CountIn(count);
                Take(_buffer.AsSpan(0, count));
            }
        }
        catch (Exception failure) when (failure is SocketException or ObjectDisposedException or FormatException)
        {
            why = failure.Message;
        }

        if (!Volatile.Read(ref _isClosed) && !_open.TrySetException(new IOException($"A client could not connect: {why}."))) tally.CountEnd();
    }
}
