using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Siar.Tool;

/// <summary>
/// A reader over a bare socket. In a process of readers the socket's completions run on the one thread that waits for sockets, so an event
/// costs little more than the system calls that receive it.
/// </summary>
internal sealed class SocketReader : IReader
{
    private readonly DeliveryTally _tally;
    private readonly DeliveryCheck _check;
    private readonly ReaderTarget _target;
    private readonly Memory<byte> _buffer;
    private Connection? _connection;

    public SocketReader(ReaderTarget target, DeliveryTally tally, DeliveryCheck check, Memory<byte> buffer)
    {
        _target = target;
        _tally = tally;
        _check = check;
        _buffer = buffer;
    }

    public async Task OpenAsync(CancellationToken cancellationToken)
    {
        var isAgain = _connection is not null;
        if (isAgain) _check.Reconnect(_target.Clock.MicrosecondsOf(Stopwatch.GetTimestamp()));
        _connection = new Connection(this);
        await _connection.OpenAsync(cancellationToken);
    }

    public void Close() => _connection?.Dispose();

    public void Pause() => _connection?.Pause();

    public void Resume() => _connection?.Resume();

    public void Dispose() => Close();

    private sealed class Connection : IDisposable
    {
        private const int Reading = 0;
        private const int Pausing = 1;
        private const int Paused = 2;

        private readonly SocketReader _reader;
        private readonly SocketAsyncEventArgs _receive = new();
        private readonly TaskCompletionSource _open = new(TaskCreationOptions.RunContinuationsAsynchronously);
        private readonly Socket _socket = new(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        private HttpBodyDecoder _decoder;
        private int _pace;
        private bool _isClosed;

        public Connection(SocketReader reader)
        {
            _reader = reader;
            _receive.SetBuffer(reader._buffer);
            _receive.Completed += (_, _) => Received();
        }

        public async Task OpenAsync(CancellationToken cancellationToken)
        {
            var url = _reader._target.Url;
            var server = await _reader._target.AddressAsync(cancellationToken);
            // Before connecting, since the window is agreed on then: it is small, so that a reader that does not read is soon seen.
            if (_reader._target.IsSlow) _socket.ReceiveBufferSize = 32 << 10;
            if (IPAddress.IsLoopback(server) && server.AddressFamily is AddressFamily.InterNetwork) _socket.Bind(new IPEndPoint(_reader._target.Source, 0));
            await _socket.ConnectAsync(new IPEndPoint(server, url.Port), cancellationToken);
            var head = $"GET {url.PathAndQuery} HTTP/1.1\r\nHost: {url.Authority}\r\nAccept: text/event-stream\r\n"
                + (_reader._target.Token is { } token ? $"Authorization: Bearer {token}\r\n" : "")
                + (_reader._check.LastEventId is { IsEmpty: false } id ? $"Last-Event-ID: {Encoding.Latin1.GetString(id)}\r\n" : "") + "\r\n";
            await _socket.SendAsync(Encoding.Latin1.GetBytes(head), SocketFlags.None, cancellationToken);
            Receive();
            await _open.Task.WaitAsync(cancellationToken);
        }

        public void Pause() => Interlocked.CompareExchange(ref _pace, Pausing, Reading);

        public void Resume()
        {
            if (Interlocked.Exchange(ref _pace, Reading) == Paused) Receive();
        }

        public void Dispose()
        {
            Volatile.Write(ref _isClosed, true);
            _socket.Dispose();
        }

        private void Receive()
        {
            try
            {
                if (!_socket.ReceiveAsync(_receive)) Received();
            }
            catch (ObjectDisposedException)
            {
                // The reader has gone.
            }
        }

        private void Received()
        {
            try
            {
                do
                {
                    if (Volatile.Read(ref _isClosed)) return;
                    if (_receive.SocketError is not SocketError.Success || _receive.BytesTransferred == 0)
                    {
                        End($"the stream ended ({_receive.SocketError})");
                        return;
                    }

                    Take(_receive.MemoryBuffer.Span[.._receive.BytesTransferred]);
                    if (Volatile.Read(ref _pace) == Pausing && Interlocked.CompareExchange(ref _pace, Paused, Pausing) == Pausing) return;
                }
                while (!_socket.ReceiveAsync(_receive));
            }
            catch (ObjectDisposedException)
            {
                // The reader has gone.
            }
            catch (FormatException failure)
            {
                End(failure.Message);
            }
        }

        private void Take(ReadOnlySpan<byte> bytes)
        {
            var now = _reader._target.Clock.MicrosecondsOf(Stopwatch.GetTimestamp());
            while (_decoder.TryTake(ref bytes, out var body)) _reader._check.Take(body, now);
            if (!_decoder.HasHead || _open.Task.IsCompleted) return;
            if (_decoder.Status == 200) _open.TrySetResult();
            else End($"the server answered {_decoder.Status}");
        }

        private void End(string why)
        {
            if (!_open.TrySetException(new IOException($"A reader could not connect: {why}."))) _reader._tally.CountEnd();
        }
    }
}
