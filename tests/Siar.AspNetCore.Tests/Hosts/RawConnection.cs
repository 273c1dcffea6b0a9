using System.Net.Sockets;
using System.Text;

namespace Siar.AspNetCore.Tests;

/// <summary>A bare connection, for tests in which bytes matter. A read that takes too long fails the test instead of hanging it.</summary>
internal sealed class RawConnection : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    private readonly Socket _socket;
    private readonly StringBuilder _received = new();
    private readonly byte[] _buffer = new byte[65_536];

    public RawConnection(Socket socket) => _socket = socket;

    public Socket Socket => _socket;

    /// <summary>Everything received and not yet taken, one character a byte.</summary>
    public string Received => _received.ToString();

    public static async Task<RawConnection> OpenAsync(Uri address, int? receiveBuffer = null)
    {
        var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        if (receiveBuffer is { } size) socket.ReceiveBufferSize = size;
        await socket.ConnectAsync(address.Host, address.Port);
        return new RawConnection(socket);
    }

    /// <summary>Sends text, one byte a character.</summary>
    public async Task SendAsync(string text) => await _socket.SendAsync(Encoding.Latin1.GetBytes(text));

    /// <summary>Takes everything up to and with a marker.</summary>
    public async Task<string> ReadThroughAsync(string marker)
    {
        while (true)
        {
            var text = Received;
            var at = text.IndexOf(marker, StringComparison.Ordinal);
            if (at >= 0)
            {
                _received.Remove(0, at + marker.Length);
                return text[..(at + marker.Length)];
            }

            if (await ReceiveAsync() == 0) throw new EndOfStreamException($"The connection ended without '{marker}': {text}");
        }
    }

    /// <summary>Takes so many bytes.</summary>
    public async Task<string> ReadExactlyAsync(int count)
    {
        while (_received.Length < count)
        {
            if (await ReceiveAsync() == 0) throw new EndOfStreamException($"The connection ended before {count} bytes: {Received}");
        }

        var text = _received.ToString(0, count);
        _received.Remove(0, count);
        return text;
    }

    /// <summary>Takes everything up to and with a marker, or up to the end of the connection.</summary>
    public async Task<string> ReadUntilAsync(string marker)
    {
        while (!Received.Contains(marker, StringComparison.Ordinal) && await ReceiveAsync() > 0)
        {
        }

        return Received;
    }

    /// <summary>Takes everything up to the end of the connection.</summary>
    public async Task<string> ReadToEndAsync()
    {
        while (await ReceiveAsync() > 0)
        {
        }

        var text = Received;
        _received.Clear();
        return text;
    }

    public void Dispose() => _socket.Dispose();

    private async Task<int> ReceiveAsync()
    {
        using var patience = new CancellationTokenSource(Patience);
        try
        {
            var count = await _socket.ReceiveAsync(_buffer, patience.Token);
            _received.Append(Encoding.Latin1.GetString(_buffer, 0, count));
            return count;
        }
        catch (OperationCanceledException late)
        {
            throw new TimeoutException($"Nothing more came. Received so far: {Received}", late);
        }
    }
}
