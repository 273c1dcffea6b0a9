using Siar.Wire;

namespace Siar.Client;

/// <summary>Where a hub is, and how to talk to it. What is set after the client was made has no effect.</summary>
public sealed class SiarClientOptions
{
    /// <summary>The hub's root, absolute, http or https, such as <c>https://events.example.com/</c>; its own path may be more than <c>/</c>.</summary>
    public Uri? Hub { get; set; }

    /// <summary>The bearer token to show the hub; null, the default, for none. Where it expires, give a <see cref="TokenProvider"/>.</summary>
    public string? Token { get; set; }

    /// <summary>
    /// Asked for the bearer token before each connection and each publish; beats <see cref="Token"/>. May be called from several threads at once. Where it
    /// throws an <see cref="HttpRequestException"/> or <see cref="IOException"/>, or gives up waiting, it is asked again, as a hub that cannot be reached is.
    /// </summary>
    public Func<CancellationToken, ValueTask<string?>>? TokenProvider { get; set; }

    /// <summary>When streams connect again, and after which wait.</summary>
    public ReconnectOptions Reconnect { get; set; } = new();

    /// <summary>
    /// How long a stream may be silent before its connection counts as dead. The default is 60 seconds, four times as long as a hub is silent unless it is
    /// told otherwise; raise it with the hub's <c>keepAlive</c>. More than 0 and up to a day, or infinite.
    /// </summary>
    public TimeSpan ReadTimeout { get; set; } = TimeSpan.FromSeconds(60);

    /// <summary>
    /// How long to wait for the head of an answer, to a stream or a publish, and before a publish for its token. More than 0 and up to a day, or infinite;
    /// the default is 30 seconds.
    /// </summary>
    public TimeSpan ResponseTimeout { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>The longest line, event and id that is accepted.</summary>
    public SseParserOptions Limits { get; set; } = SseParserOptions.Default;

    /// <summary>How publishing deals with failures.</summary>
    public PublishRetryOptions PublishRetry { get; set; } = new();

    /// <summary>The clock of waits and timeouts; the system's by default.</summary>
    public TimeProvider TimeProvider { get; set; } = TimeProvider.System;

    /// <summary>Draws the jitter, from 0 to less than 1.</summary>
    internal Func<double> Random { get; set; } = System.Random.Shared.NextDouble;

    /// <summary>The place where events are published and subscribed to.</summary>
    /// <exception cref="ArgumentException">The hub's address is missing, or is none.</exception>
    internal Uri Events()
    {
        if (Hub is not { IsAbsoluteUri: true } hub || (hub.Scheme != Uri.UriSchemeHttp && hub.Scheme != Uri.UriSchemeHttps))
            throw new ArgumentException($"'{Hub}' is not a hub's address: set {nameof(SiarClientOptions)}.{nameof(Hub)} to one such as http://127.0.0.1:7427/");
        if (hub.Query.Length > 0 || hub.Fragment.Length > 0)
            throw new ArgumentException($"'{hub}' has more than a path: set {nameof(SiarClientOptions)}.{nameof(Hub)} to the hub's root.");
        return new Uri(hub.AbsoluteUri.TrimEnd('/') + "/events");
    }

    internal ValueTask<string?> TokenAsync(CancellationToken cancellationToken) => TokenProvider is { } provider ? provider(cancellationToken) : new(Token);
}
