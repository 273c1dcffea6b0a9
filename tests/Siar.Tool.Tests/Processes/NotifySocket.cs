using System.Net.Sockets;
using System.Text;

namespace Siar.Tool.Tests;

/// <summary>The socket of a service manager that wants to hear how a service is (sd_notify(3)).</summary>
internal sealed class NotifySocket : IDisposable
{
    private readonly Socket _socket = new(AddressFamily.Unix, SocketType.Dgram, ProtocolType.Unspecified);
    private readonly byte[] _buffer = new byte[4_096];

    public NotifySocket(string path)
    {
        Path = path;
        _socket.Bind(new UnixDomainSocketEndPoint(path));
    }

    public string Path { get; }

    /// <summary>The messages up to the first that holds a text, that one included.</summary>
    public async Task<IReadOnlyList<string>> ReadToAsync(string text)
    {
        using var patience = new CancellationTokenSource(TimeSpan.FromMinutes(1));
        List<string> messages = [];
        do
        {
            messages.Add(Encoding.UTF8.GetString(_buffer, 0, await _socket.ReceiveAsync(_buffer, patience.Token)));
        }
        while (!messages[^1].Contains(text, StringComparison.Ordinal));
        return messages;
    }

    public void Dispose() => _socket.Dispose();
}
