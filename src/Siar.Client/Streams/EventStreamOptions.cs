using Siar.Wire;

namespace Siar.Client;

/// <summary>Which stream to read, and how. Immutable; the functions in it may be called from any thread, never two at once for one stream.</summary>
public sealed record EventStreamOptions
{
    private static readonly TimeSpan LongestTimeout = TimeSpan.FromDays(1);

    /// <summary>The stream's address, absolute, http or https. Every connection begins there, whatever redirects the one before went through.</summary>
    /// <exception cref="ArgumentException">The address is not absolute, or of another scheme.</exception>
    public required Uri Url
    {
        get;
        init => field = value is { IsAbsoluteUri: true } && (value.Scheme == Uri.UriSchemeHttp || value.Scheme == Uri.UriSchemeHttps)
            ? value
            : throw new ArgumentException($"'{value}' is not the address of a stream: it must be absolute, and begin with http or https.", nameof(value));
    }

    /// <summary>The request's method; the default is GET.</summary>
    public HttpMethod Method { get; init; } = HttpMethod.Get;

    /// <summary>Makes the request's body, anew for each connection; null, the default, for none.</summary>
    public Func<HttpContent?>? Body { get; init; }

    /// <summary>Headers of each request, besides those of the stream itself. One of the same name replaces the stream's own.</summary>
    public IReadOnlyDictionary<string, string> Headers { get; init; } = new Dictionary<string, string>();

    /// <summary>
    /// Asked before each connection for the bearer token; null from it leaves the header out. A failure of the network in it counts as a
    /// failed attempt, every other exception ends the stream.
    /// </summary>
    public Func<CancellationToken, ValueTask<string?>>? TokenProvider { get; init; }

    /// <summary>The last event id of the first request: the stream goes on after it. Null or empty, the default, for none.</summary>
    /// <exception cref="ArgumentException">The id holds CR, LF, NUL or a lone surrogate, which no event's id can.</exception>
    public string? LastEventId
    {
        get;
        init => field = string.IsNullOrEmpty(value) || ResumeAddress.Check(value) is not { } error ? value : throw new ArgumentException(error, nameof(value));
    }

    /// <summary>When the stream connects again, and after which wait.</summary>
    public ReconnectOptions Reconnect { get; init; } = new();

    /// <summary>When the place from which the stream goes on moves.</summary>
    public CursorMoves CursorMoves { get; init; } = CursorMoves.WhenHandedOver;

    /// <summary>How long to wait for the head of an answer; more than 0 and up to a day, or infinite. The default is 100 seconds.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is out of range.</exception>
    public TimeSpan ResponseTimeout { get; init => field = Timeout(value, nameof(ResponseTimeout)); } = TimeSpan.FromSeconds(100);

    /// <summary>
    /// How long a connection may be silent before it counts as dead; any byte begins the time anew, and it does not run while the application works
    /// on an item. More than 0 and up to a day, or infinite, the default: only a server that sends keep-alives may be held to it.
    /// </summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is out of range.</exception>
    public TimeSpan ReadTimeout { get; init => field = Timeout(value, nameof(ReadTimeout)); } = System.Threading.Timeout.InfiniteTimeSpan;

    /// <summary>The longest line, event and id that is accepted.</summary>
    public SseParserOptions Limits { get; init; } = SseParserOptions.Default;

    /// <summary>
    /// The data of the event that marks the end, such as <c>[DONE]</c>: with it the stream is over, it is not handed over, and nothing connects again.
    /// Null, the default, for none. With a mark, of either kind, a connection that ends before it has failed.
    /// </summary>
    public string? EndData { get; init; }

    /// <summary>The type of the event that marks the end, such as <c>message_stop</c>: it is handed over as the last one. Null, the default, for none.</summary>
    public string? EndType { get; init; }

    /// <summary>Whether events whose type begins with <c>siar.</c> are signals of a hub; the default is false. <see cref="SiarClient"/> sets it.</summary>
    public bool HasSignals { get; init; }

    /// <summary>Told of each connection that has come about.</summary>
    public Action<StreamOpened>? OnOpened { get; init; }

    /// <summary>Told before each wait for the next connection.</summary>
    public Action<StreamReconnecting>? OnReconnecting { get; init; }

    /// <summary>Told of each comment, in its place among the items, with all that stands after the colon.</summary>
    public Action<string>? OnComment { get; init; }

    /// <summary>The clock of waits and timeouts; the system's by default.</summary>
    public TimeProvider TimeProvider { get; init; } = TimeProvider.System;

    /// <summary>Draws the jitter, from 0 to less than 1.</summary>
    internal Func<double> Random { get; init; } = System.Random.Shared.NextDouble;

    internal bool HasEndMark => EndData is not null || EndType is not null;

    private static TimeSpan Timeout(TimeSpan value, string name) =>
        value == System.Threading.Timeout.InfiniteTimeSpan || (value > TimeSpan.Zero && value <= LongestTimeout)
            ? value
            : throw new ArgumentOutOfRangeException(name, value, $"{name} must be more than 0 and at most {LongestTimeout.TotalDays:0} day, or infinite.");
}
