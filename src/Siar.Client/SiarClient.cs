using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Siar.Wire;

namespace Siar.Client;

/// <summary>
/// Reads from a hub and publishes to it. May be used from any thread, by many at once, and is meant to live as long as the application. Disposing of it
/// ends the connections that it has made itself.
/// </summary>
public sealed class SiarClient : IDisposable, IAsyncDisposable
{
    private readonly HttpClient _http;
    private readonly bool _ownsHttp;
    private readonly SiarClientOptions _options;
    private readonly Uri _events;
    private readonly Publisher _publisher;

    /// <summary>Makes a client with connections of its own.</summary>
    /// <param name="hub">The hub's root, such as <c>http://127.0.0.1:7427/</c>.</param>
    /// <exception cref="ArgumentException">That is no hub's address.</exception>
    public SiarClient(Uri hub)
        : this(new SiarClientOptions { Hub = hub })
    {
    }

    /// <summary>Makes a client with connections of its own.</summary>
    /// <param name="options">Where the hub is, and how to talk to it.</param>
    /// <exception cref="ArgumentException">The hub's address is missing, or is none.</exception>
    public SiarClient(SiarClientOptions options)
        : this(new HttpClient(SiarHttpHandler.Create()) { Timeout = Timeout.InfiniteTimeSpan }, options) => _ownsHttp = true;

    /// <summary>Makes a client on connections of the caller's.</summary>
    /// <param name="http">
    /// What makes the requests; it stays the caller's. Its own timeout should be infinite. An event id that is not ASCII goes back to the hub only with a handler
    /// such as <see cref="SiarHttpHandler"/> makes; others may take the application's headers along where a redirect leads to another origin.
    /// </param>
    /// <param name="options">Where the hub is, and how to talk to it.</param>
    /// <exception cref="ArgumentException">The hub's address is missing, or is none.</exception>
    public SiarClient(HttpClient http, SiarClientOptions options)
    {
        ArgumentNullException.ThrowIfNull(http);
        ArgumentNullException.ThrowIfNull(options);
        _http = http;
        _options = options;
        _events = options.Events();
        _publisher = new Publisher(http, _events, options);
    }

    /// <summary>Reads a topic from now on. Nothing is asked for before the stream is read.</summary>
    /// <param name="topic">The topic, or <c>*</c> for all.</param>
    /// <param name="cancellationToken">Ends the reading.</param>
    public EventStream<string> SubscribeAsync(string topic, CancellationToken cancellationToken = default) =>
        SubscribeAsync(new SubscribeOptions { Topics = [topic] }, cancellationToken);

    /// <summary>Reads topics. Nothing is asked for before the stream is read.</summary>
    /// <param name="options">Which, and from where on.</param>
    /// <param name="cancellationToken">Ends the reading.</param>
    /// <exception cref="ArgumentException">There is nothing to read.</exception>
    public EventStream<string> SubscribeAsync(SubscribeOptions options, CancellationToken cancellationToken = default) =>
        SubscribeAsync(options, static (in SseMessage message) => message.DecodeData(), cancellationToken);

    /// <summary>Reads a topic whose events are JSON, from now on.</summary>
    /// <typeparam name="T">What the data is made into.</typeparam>
    /// <param name="topic">The topic, or <c>*</c> for all.</param>
    /// <param name="type">What the JSON is, from a source-generated context.</param>
    /// <param name="cancellationToken">Ends the reading.</param>
    public EventStream<T?> SubscribeAsync<T>(string topic, JsonTypeInfo<T> type, CancellationToken cancellationToken = default) =>
        SubscribeAsync(new SubscribeOptions { Topics = [topic] }, type, cancellationToken);

    /// <summary>Reads a typed topic, or all topics of a family, from now on.</summary>
    /// <typeparam name="T">What the data is made into.</typeparam>
    /// <param name="topic">The topic or the family.</param>
    /// <param name="cancellationToken">Ends the reading.</param>
    public EventStream<T?> SubscribeAsync<T>(Topic<T> topic, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(topic);
        return SubscribeAsync(topic.Variables.IsEmpty ? new SubscribeOptions { Topics = [topic.Name] } : new SubscribeOptions { Templates = [topic.Template] }, topic.Json, cancellationToken);
    }

    /// <summary>Reads topics whose events are JSON.</summary>
    /// <typeparam name="T">What the data is made into.</typeparam>
    /// <param name="options">Which, and from where on.</param>
    /// <param name="type">What the JSON is, from a source-generated context.</param>
    /// <param name="cancellationToken">Ends the reading.</param>
    /// <exception cref="ArgumentException">There is nothing to read.</exception>
    public EventStream<T?> SubscribeAsync<T>(SubscribeOptions options, JsonTypeInfo<T> type, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(type);
        return SubscribeAsync<T?>(options, (in SseMessage message) => JsonSerializer.Deserialize(message.Data, type), cancellationToken);
    }

    /// <summary>Reads topics whose events are JSON.</summary>
    /// <typeparam name="T">What the data is made into.</typeparam>
    /// <param name="options">Which, and from where on.</param>
    /// <param name="json">How to read it; they must know the type.</param>
    /// <param name="cancellationToken">Ends the reading.</param>
    /// <exception cref="ArgumentException">There is nothing to read.</exception>
    /// <exception cref="NotSupportedException">The options do not know the type.</exception>
    public EventStream<T?> SubscribeAsync<T>(SubscribeOptions options, JsonSerializerOptions json, CancellationToken cancellationToken = default) =>
        SubscribeAsync(options, EventStream.TypeInfo<T>(json), cancellationToken);

    /// <summary>Reads topics, and makes something of each event's bytes.</summary>
    /// <typeparam name="T">What the events are made into.</typeparam>
    /// <param name="options">Which, and from where on.</param>
    /// <param name="decode">Makes it.</param>
    /// <param name="cancellationToken">Ends the reading.</param>
    /// <exception cref="ArgumentException">There is nothing to read.</exception>
    public EventStream<T> SubscribeAsync<T>(SubscribeOptions options, EventDecoder<T> decode, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(options);
        var stream = new EventStreamOptions
        {
            Url = options.StreamUrl(_events),
            Headers = options.Headers,
            TokenProvider = _options.TokenAsync,
            LastEventId = options.LastEventId,
            Reconnect = options.Reconnect ?? _options.Reconnect,
            CursorMoves = options.CursorMoves,
            ReadTimeout = _options.ReadTimeout,
            ResponseTimeout = _options.ResponseTimeout,
            Limits = _options.Limits,
            HasSignals = true,
            OnOpened = options.OnOpened,
            OnReconnecting = options.OnReconnecting,
            OnComment = options.OnComment,
            TimeProvider = _options.TimeProvider,
            Random = _options.Random,
        };
        return new EventStream<T>(_http, stream, decode, cancellationToken);
    }

    /// <summary>Publishes an event.</summary>
    /// <param name="topic">Its topic.</param>
    /// <param name="data">Its data.</param>
    /// <param name="cancellationToken">Ends the waiting; the event may be published all the same.</param>
    /// <returns>The event's id. It is in the hub's log.</returns>
    /// <exception cref="PublishException">It is not, or nobody knows.</exception>
    public Task<string> PublishAsync(string topic, string data, CancellationToken cancellationToken = default) =>
        PublishAsync(new OutgoingEvent(topic, data), cancellationToken);

    /// <summary>Publishes a value as JSON.</summary>
    /// <typeparam name="T">The value's type.</typeparam>
    /// <param name="topic">The event's topic.</param>
    /// <param name="value">The value.</param>
    /// <param name="type">How it is written, from a source-generated context.</param>
    /// <param name="cancellationToken">Ends the waiting; the event may be published all the same.</param>
    /// <returns>The event's id. It is in the hub's log.</returns>
    /// <exception cref="PublishException">It is not, or nobody knows.</exception>
    public Task<string> PublishAsync<T>(string topic, T value, JsonTypeInfo<T> type, CancellationToken cancellationToken = default) =>
        PublishAsync(OutgoingEvent.Json(topic, value, type), cancellationToken);

    /// <summary>Publishes a value on a typed topic.</summary>
    /// <typeparam name="T">The value's type.</typeparam>
    /// <param name="topic">One topic; of a family, what <see cref="Topic{T}.With"/> gives.</param>
    /// <param name="value">The value.</param>
    /// <param name="cancellationToken">Ends the waiting; the event may be published all the same.</param>
    /// <returns>The event's id. It is in the hub's log.</returns>
    /// <exception cref="InvalidOperationException">The topic is a family.</exception>
    /// <exception cref="PublishException">It is not, or nobody knows.</exception>
    public Task<string> PublishAsync<T>(Topic<T> topic, T value, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(topic);
        return PublishAsync(topic.Name, value, topic.Json, cancellationToken);
    }

    /// <summary>Publishes an event.</summary>
    /// <param name="content">The event.</param>
    /// <param name="cancellationToken">Ends the waiting; the event may be published all the same.</param>
    /// <returns>The event's id. It is in the hub's log.</returns>
    /// <exception cref="PublishException">It is not, or nobody knows.</exception>
    public async Task<string> PublishAsync(OutgoingEvent content, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(content);
        return (await _publisher.PublishBatchAsync([content], cancellationToken))[0];
    }

    /// <summary>Publishes events as one batch: all of them or none, in their order, with nothing between.</summary>
    /// <param name="events">The events; as many as the hub takes at once.</param>
    /// <param name="cancellationToken">Ends the waiting; the events may be published all the same.</param>
    /// <returns>Their ids, in their order. They are in the hub's log.</returns>
    /// <exception cref="PublishException">They are not, or nobody knows.</exception>
    public Task<IReadOnlyList<string>> PublishBatchAsync(IEnumerable<OutgoingEvent> events, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(events);
        return _publisher.PublishBatchAsync([.. events], cancellationToken);
    }

    /// <summary>
    /// Publishes events as they come, in their order, as long as they come. What has come while the hub answers goes as one batch. When the source throws, what
    /// came before is published first, and its exception comes out here.
    /// </summary>
    /// <param name="events">The events.</param>
    /// <param name="published">Told the ids of each batch, in the events' order, when it is in the hub's log; null for nobody.</param>
    /// <param name="cancellationToken">Ends it; what is on its way may be published all the same.</param>
    /// <returns>How many were published: all.</returns>
    /// <exception cref="PublishException">Not all are: it says exactly how many are, and how many may be.</exception>
    public Task<long> PublishAllAsync(IAsyncEnumerable<OutgoingEvent> events, Action<IReadOnlyList<string>>? published = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(events);
        return _publisher.PublishAllAsync(events, published, cancellationToken);
    }

    /// <summary>Publishes each line of a text as an event, as it comes.</summary>
    /// <param name="topic">The events' topic.</param>
    /// <param name="lines">The text.</param>
    /// <param name="published">Told the ids of each batch, in the lines' order, when it is in the hub's log; null for nobody.</param>
    /// <param name="cancellationToken">Ends it; what is on its way may be published all the same.</param>
    /// <returns>How many were published: all.</returns>
    /// <exception cref="PublishException">Not all are: it says exactly how many are, and how many may be.</exception>
    public Task<long> PublishLinesAsync(string topic, TextReader lines, Action<IReadOnlyList<string>>? published = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(topic);
        ArgumentNullException.ThrowIfNull(lines);
        return PublishAllAsync(TextLines.ReadAsync(topic, lines, cancellationToken), published, cancellationToken);
    }

    /// <summary>
    /// Closes a topic: its readers get all that was published to it, and nothing more comes. A stream that reads only closed topics ends. What is published to it
    /// later is refused; closing it again changes nothing.
    /// </summary>
    /// <param name="topic">The topic.</param>
    /// <param name="cancellationToken">Ends the waiting; the topic may be closed all the same.</param>
    /// <exception cref="PublishException">It is not closed, or nobody knows.</exception>
    public Task CloseAsync(string topic, CancellationToken cancellationToken = default)
    {
        ArgumentException.ThrowIfNullOrEmpty(topic);
        return _publisher.CloseAsync(topic, cancellationToken);
    }

    /// <inheritdoc />
    public void Dispose()
    {
        if (_ownsHttp) _http.Dispose();
    }

    /// <inheritdoc />
    public ValueTask DisposeAsync()
    {
        Dispose();
        return ValueTask.CompletedTask;
    }
}
