using System.Net.Security;
using System.Net.Sockets;
using System.Text;

namespace Siar.Tool;

/// <summary>
/// Posts over one kept connection, one request after the other, and reads each answer to its end. It blocks its thread: a publisher has one
/// of its own, and this is the cheapest way to publish. A server that closes after an answer gets a new connection.
/// </summary>
internal sealed class PostConnection(string? contentType, string? token, bool isInsecure) : IDisposable
{
    private readonly byte[] _buffer = new byte[16 << 10];
    private Stream? _stream;
    private Socket? _socket;

    /// <summary>Posts and waits for the answer.</summary>
    /// <exception cref="IOException">The server cannot be reached, or refuses.</exception>
    public void Post(Uri url, ReadOnlySpan<byte> body)
    {
        var head = Encoding.ASCII.GetBytes($"POST {url.PathAndQuery} HTTP/1.1\r\nHost: {url.Authority}\r\nContent-Type: {contentType ?? "text/plain"}\r\n"
            + (token is null ? "" : $"Authorization: Bearer {token}\r\n") + $"Content-Length: {body.Length}\r\n\r\n");
        var request = new byte[head.Length + body.Length];
        head.CopyTo(request, 0);
        body.CopyTo(request.AsSpan(head.Length));
        try
        {
            Open(url).Write(request);
            ReadAnswer();
        }
        catch (SocketException failure)
        {
            throw new IOException($"{url.Authority}: {failure.Message}", failure);
        }
    }

    public void Dispose() => Close();

    private void ReadAnswer()
    {
        var answer = new HttpAnswer();
        while (!answer.IsComplete)
        {
            var read = _stream!.Read(_buffer);
            if (read == 0 && !answer.EndsWithConnection) throw new IOException("The server closed the connection before it had answered a publish.");
            if (read == 0) break;
            answer.Take(_buffer.AsSpan(0, read));
        }

        if (answer.IsLast) Close();
        if (answer.Status is < 200 or > 299) throw new IOException($"The server answered {answer.Status} to a publish: {answer.Text.Trim()}");
    }

    private Stream Open(Uri url)
    {
        // Readable before anything was asked: the server has closed it.
        if (_socket is { } kept && kept.Poll(0, SelectMode.SelectRead)) Close();
        if (_stream is not null) return _stream;
        _socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        _socket.Connect(url.DnsSafeHost, url.Port);
        _stream = new NetworkStream(_socket, ownsSocket: true);
        if (url.Scheme != Uri.UriSchemeHttps) return _stream;
        var secure = new SslStream(_stream, leaveInnerStreamOpen: false, (_, _, _, errors) => isInsecure || errors is SslPolicyErrors.None);
        secure.AuthenticateAsClient(url.DnsSafeHost);
        return _stream = secure;
    }

    private void Close()
    {
        _stream?.Dispose();
        _stream = null;
        _socket = null;
    }
}
