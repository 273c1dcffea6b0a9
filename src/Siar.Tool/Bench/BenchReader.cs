using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using System.Text;
using Siar.Wire;

namespace Siar.Tool;

/// <summary>One reader: a socket, the parser, and what it checks: that each event of its topic comes, once and in order.</summary>
internal sealed class BenchReader : ISseHandler, IDisposable
{
    private readonly BenchTally _tally;
    private readonly SseParser _parser;
    private readonly SocketAsyncEventArgs _receive = new();
    private readonly TaskCompletionSource _open = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private Socket? _socket;
    private HttpBodyDecoder _decoder;
    private long _last = -1;

    public BenchReader(BenchTally tally, Memory<byte> buffer)
    {
        _tally = tally;
        _parser = new SseParser(this);
        _receive.SetBuffer(buffer);
        _receive.Completed += (_, _) => ReceiveMore();
    }

    /// <summary>Connects, and waits for the first bytes of the body.</summary>
    public async Task OpenAsync(Uri url, string? token, IPAddress source, CancellationToken cancellationToken)
    {
        _socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true, ReceiveBufferSize = 32 << 10 };
        if (IPAddress.IsLoopback(IPAddress.Parse(url.Host == "localhost" ? "127.0.0.1" : url.Host))) _socket.Bind(new IPEndPoint(source, 0));
        await _socket.ConnectAsync(url.Host == "localhost" ? "127.0.0.1" : url.Host, url.Port, cancellationToken);
        var head = $"GET {url.PathAndQuery} HTTP/1.1\r\nHost: {url.Authority}\r\nAccept: text/event-stream\r\n"
            + (token is null ? "" : $"Authorization: Bearer {token}\r\n") + "\r\n";
        await _socket.SendAsync(Encoding.ASCII.GetBytes(head), SocketFlags.None, cancellationToken);
        ReceiveFirst();
        await _open.Task.WaitAsync(cancellationToken);
    }

    void ISseHandler.OnEvent(in SseMessage message)
    {
        var now = Stopwatch.GetTimestamp();
        if (!BenchPayload.TryRead(message.Data, out var sequence, out var sentAt)) return;
        if (_last >= 0 && sequence != _last + 1) _tally.CountDisorder(sequence - _last - 1);
        _last = sequence;
        _tally.CountDelivery(Stopwatch.GetElapsedTime(sentAt, now));
    }

    public void Dispose()
    {
        _socket?.Dispose();
        _receive.Dispose();
    }

    private void ReceiveFirst()
    {
        if (!_socket!.ReceiveAsync(_receive)) ReceiveMore();
    }

    private void ReceiveMore()
    {
        try
        {
            do
            {
                if (_receive.SocketError is not SocketError.Success || _receive.BytesTransferred == 0)
                {
                    End($"the stream ended ({_receive.SocketError})");
                    return;
                }

                Take(_receive.MemoryBuffer.Span[.._receive.BytesTransferred]);
            }
            while (!_socket!.ReceiveAsync(_receive));
        }
        catch (ObjectDisposedException)
        {
            // The run is over.
        }
    }

    private void Take(ReadOnlySpan<byte> bytes)
    {
        _tally.CountBytes(bytes.Length);
        while (_decoder.TryTake(ref bytes, out var body)) _parser.Feed(body);
        if (!_decoder.HasHead || _open.Task.IsCompleted) return;
        if (_decoder.Status == 200) _open.TrySetResult();
        else End($"the server answered {_decoder.Status}");
    }

    private void End(string why)
    {
        if (!_open.TrySetException(new IOException($"A reader could not connect: {why}."))) _tally.CountEnd();
    }
}
