using System.Buffers;
using System.Runtime.CompilerServices;
using Siar.Wire;

namespace Siar.Client;

/// <summary>
/// Reads a stream over as many connections as it takes, and hands over one item after another. Nothing is read ahead of who asks for it but the
/// bytes that have come already, so a slow application slows the server, and loses nothing.
/// </summary>
/// <remarks>One pass of the loop in <see cref="ReadOnAsync"/>: hand over what the batch has; else read from the connection; else make one.</remarks>
internal sealed class EventStreamEnumerator<T>(HttpClient http, EventStreamOptions options, EventDecoder<T> decode, StreamControl control) : IAsyncEnumerator<StreamItem<T>>
{
    private const int BufferBytes = 16 << 10;

    private readonly Connector _connector = new(http, options);
    private readonly Backoff _backoff = new(options.Reconnect, options.Random);
    private byte[]? _buffer;
    private bool _isReading;
    private readonly Batch<T> _batch = new(decode, options);
    private SseParser? _parser;
    private Connection? _connection;
    private IdBytes _cursor = control.Cursor;
    private TimeSpan? _wait;
    private int _connections;
    private int _failures;
    private bool _isOver;

    public StreamItem<T> Current => _batch.Current;

    private TimeProvider Time => options.TimeProvider;

    public ValueTask<bool> MoveNextAsync()
    {
        // Whoever asks for the next item has done with the one before.
        control.Handled();
        return TryTake() ? new ValueTask<bool>(true) : ReadOnAsync();
    }

    public ValueTask DisposeAsync()
    {
        Finish();
        control.End();
        _batch.Free();
        _parser?.EndOfStream();
        if (_buffer is { } buffer) ArrayPool<byte>.Shared.Return(buffer);
        _buffer = null;
        return ValueTask.CompletedTask;
    }

    private bool TryTake()
    {
        if (control.IsStopped) return false;
        var isTaken = _batch.TryTake(ref _cursor);
        control.HandOver(_cursor, isItem: isTaken);
        return isTaken;
    }

    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    private async ValueTask<bool> ReadOnAsync()
    {
        try
        {
            while (!_isOver && !control.IsStopped)
            {
                if (TryTake()) return true;
                if (_batch.IsEnded) break;
                if (_connection is not null) await ReadAsync(control.Step());
                else await ConnectAsync(control.Step());
            }
        }
        catch (OperationCanceledException) when (control.IsStopped)
        {
            // What follows tells who has stopped it.
        }
        catch
        {
            Finish();
            throw;
        }

        if (!_isOver) control.ThrowIfCancelled();
        Finish();
        return false;
    }

    private void Finish()
    {
        _isOver = true;
        Disconnect();
    }

    private void Disconnect()
    {
        _connection?.Dispose();
        _connection = null;
        // Into a buffer whose reading has failed somebody may still write.
        if (_isReading) _buffer = null;
        _isReading = false;
    }

    private async Task ConnectAsync(StreamStep step)
    {
        try
        {
            if (_wait is { } wait)
            {
                await Task.Delay(wait, Time, step.Token);
                _wait = null;
            }

            var answer = await _connector.ConnectAsync(_cursor, step.Token);
            _connection = answer.Connection;
            if (_connection is not null) Opened(_connection.Url);
            else if (answer.Reason is { } reason) Lost(reason, answer.Failure, answer.RetryAfter, StreamFailure.Unreachable);
            else _isOver = true;
        }
        catch (OperationCanceledException) when (step.IsRestart)
        {
            // The wait is over, or the attempt is given up: at once to the next.
            _wait = null;
            control.Renew();
        }
    }

    private void Opened(Uri url)
    {
        _connections++;
        _batch.Begin();
        // A block that was cut off is forgotten, its id too; the last event id stays, and an event without an id of its own carries it.
        _parser ??= new SseParser(_batch, options.Limits);
        _parser.Reset(_cursor.Span);
        options.OnOpened?.Invoke(new StreamOpened(url, _connections, _cursor.ToString()));
    }

    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder))]
    private async ValueTask ReadAsync(StreamStep step)
    {
        try
        {
            var buffer = _buffer ??= ArrayPool<byte>.Shared.Rent(BufferBytes);
            _isReading = true;
            var reading = _connection!.Body.ReadAsync(buffer, step.Token);
            if (!reading.IsCompleted) step.EndAfter(options.ReadTimeout);
            var length = await reading;
            _isReading = false;
            if (!step.Continue()) control.Renew();
            if (length > 0) _parser!.Feed(buffer.AsSpan(0, length));
            else EndOfConnection();
        }
        catch (SseLimitException failure)
        {
            // What came before is handed over first.
            _batch.Add(new StreamException(StreamFailure.TooLarge, failure.Message, failure));
        }
        catch (Exception) when (step.IsRestart)
        {
            control.Renew();
            Disconnect();
            options.OnReconnecting?.Invoke(new StreamReconnecting("the application asked for it", null, TimeSpan.Zero, 0));
        }
        catch (Exception) when (step.IsTimeout)
        {
            control.Renew();
            Broken($"the stream was silent for {options.ReadTimeout.TotalSeconds:0.###} s", new TimeoutException());
        }
        catch (Exception failure) when (failure is HttpRequestException or (IOException and not StreamException))
        {
            Broken($"the stream broke ({ErrorResponse.Reason(failure)})", failure);
        }
    }

    private void EndOfConnection()
    {
        if (options.HasEndMark)
        {
            Broken("the stream ended before the event that was to be its last", null);
            return;
        }

        if (options.Reconnect.Mode is not ReconnectMode.Always)
        {
            _isOver = true;
            return;
        }

        // A server that ends a connection in order, after it had something to say, means it.
        if (_batch.Brought > 0 || HasLivedLong()) Recovered();
        Disconnect();
        WaitBeforeNext("the stream ended", null, _batch.Retry);
    }

    private void Broken(string reason, Exception? failure)
    {
        if (HasLivedLong()) Recovered();
        Lost(reason, failure, null, StreamFailure.Broken);
    }

    private void Lost(string reason, Exception? failure, TimeSpan? asked, StreamFailure kind)
    {
        Disconnect();
        var reconnect = options.Reconnect;
        if (reconnect.Mode is ReconnectMode.Never)
            throw new StreamException(kind, $"{Sentence(reason)} It is not asked for again, since the mode is {nameof(ReconnectMode.Never)}.", failure);
        if (++_failures >= reconnect.MaxAttempts)
            throw new StreamException(kind, $"{Sentence(reason)} That was failure {_failures} of at most {reconnect.MaxAttempts} in a row.", failure);
        WaitBeforeNext(reason, failure, asked ?? _batch.Retry);
    }

    private void WaitBeforeNext(string reason, Exception? failure, TimeSpan? asked)
    {
        var wait = _backoff.Next(asked);
        _wait = wait;
        options.OnReconnecting?.Invoke(new StreamReconnecting(reason, failure, wait, _failures));
    }

    private void Recovered()
    {
        _backoff.Reset();
        _failures = 0;
    }

    private bool HasLivedLong() => _connection is { } connection && Time.GetElapsedTime(connection.OpenedAt) >= options.Reconnect.ResetAfter;

    private static string Sentence(string reason) => $"{char.ToUpperInvariant(reason[0])}{reason[1..]}.";
}
