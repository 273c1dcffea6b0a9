namespace Siar.Client;

/// <summary>
/// A stream of server-sent events over as many connections as it takes. It goes on after the last event that was handed over, so that no event is
/// lost or comes twice as long as the server keeps them. <c>await foreach</c> reads it; one reader at a time, and reading it again goes on where the last
/// reader stopped. Cancelling the reader's token ends it with an <see cref="OperationCanceledException"/>, disposing of the stream without one.
/// </summary>
/// <typeparam name="T">What the events' data is made into.</typeparam>
public sealed class EventStream<T> : IAsyncEnumerable<StreamItem<T>>, IAsyncDisposable
{
    private readonly HttpClient _http;
    private readonly EventStreamOptions _options;
    private readonly EventDecoder<T> _decode;
    private readonly StreamControl _control;
    private readonly CancellationToken _cancellationToken;

    internal EventStream(HttpClient http, EventStreamOptions options, EventDecoder<T> decode, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(http);
        ArgumentNullException.ThrowIfNull(options);
        ArgumentNullException.ThrowIfNull(decode);
        _http = http;
        _options = options;
        _decode = decode;
        _cancellationToken = cancellationToken;
        _control = new StreamControl(options);
    }

    /// <summary>
    /// The place from which the stream goes on: the id to keep, and to begin with another time. Empty while there is none. For whoever reads the
    /// stream, between two items or afterwards.
    /// </summary>
    public string LastEventId => _control.Cursor.ToString();

    /// <summary>Reads the stream.</summary>
    /// <param name="cancellationToken">Ends the reading.</param>
    /// <exception cref="InvalidOperationException">Somebody is reading it already.</exception>
    /// <exception cref="ObjectDisposedException">It has been disposed of.</exception>
    public IAsyncEnumerator<StreamItem<T>> GetAsyncEnumerator(CancellationToken cancellationToken = default)
    {
        _control.Begin(cancellationToken, _cancellationToken);
        return new EventStreamEnumerator<T>(_http, _options, _decode, _control);
    }

    /// <summary>Reads the stream and hands each item to a function, one after the other.</summary>
    /// <param name="handler">Takes an item. What it throws ends the stream, and comes out here.</param>
    /// <param name="cancellationToken">Ends the reading.</param>
    /// <returns>A task that ends with the stream.</returns>
    /// <exception cref="StreamException">The stream has ended and will not come back.</exception>
    public async Task RunAsync(Func<StreamItem<T>, CancellationToken, ValueTask> handler, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(handler);
        await foreach (var item in this.WithCancellation(cancellationToken)) await handler(item, cancellationToken);
    }

    /// <summary>Gives the connection up, or the wait for the next, and connects at once. May be called from any thread; without a reader it does nothing.</summary>
    public void Reconnect() => _control.Restart();

    /// <summary>Ends the stream: its reader gets no further item. May be called from any thread, and more than once.</summary>
    public ValueTask DisposeAsync()
    {
        _control.Close();
        return ValueTask.CompletedTask;
    }
}
