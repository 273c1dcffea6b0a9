using System.Text;

namespace Siar.Client;

/// <summary>What to read from a hub: at least one topic, pattern or template. Immutable.</summary>
public sealed record SubscribeOptions
{
    /// <summary>The last event id that stands for the oldest event that the hub keeps.</summary>
    public const string Earliest = "earliest";

    /// <summary>Exact topics, or <c>*</c> for all.</summary>
    public IReadOnlyList<string> Topics { get; init; } = [];

    /// <summary>URL Patterns that topics match.</summary>
    public IReadOnlyList<string> Patterns { get; init; } = [];

    /// <summary>URI Templates that topics could be made from.</summary>
    public IReadOnlyList<string> Templates { get; init; } = [];

    /// <summary>The id after which to begin, or <see cref="Earliest"/>; null, the default, for what is published from now on.</summary>
    /// <exception cref="ArgumentException">The id holds CR, LF, NUL or a lone surrogate.</exception>
    public string? LastEventId { get; init; }

    /// <summary>When the stream connects again; null, the default, for what <see cref="SiarClientOptions.Reconnect"/> says.</summary>
    public ReconnectOptions? Reconnect { get; init; }

    /// <summary>When the place from which the stream goes on moves.</summary>
    public CursorMoves CursorMoves { get; init; } = CursorMoves.WhenHandedOver;

    /// <summary>Headers of each request, besides those of the stream itself.</summary>
    public IReadOnlyDictionary<string, string> Headers { get; init; } = new Dictionary<string, string>();

    /// <summary>Told of each connection that has come about.</summary>
    public Action<StreamOpened>? OnOpened { get; init; }

    /// <summary>Told before each wait for the next connection.</summary>
    public Action<StreamReconnecting>? OnReconnecting { get; init; }

    /// <summary>Told of each comment, in its place among the items.</summary>
    public Action<string>? OnComment { get; init; }

    /// <summary>
    /// The stream's address at a hub. It stays the same over reconnects, whose cursor is in a header. The hub is asked for a status where it would tell
    /// a browser to come back by ending the stream.
    /// </summary>
    /// <exception cref="ArgumentException">There is nothing to read.</exception>
    internal Uri StreamUrl(Uri events)
    {
        if (Topics.Count + Patterns.Count + Templates.Count == 0)
            throw new ArgumentException("There is nothing to subscribe to: name a topic, a pattern or a template.");
        var query = new StringBuilder("refusal=status");
        foreach (var topic in Topics) Add(query, "topic", topic);
        foreach (var pattern in Patterns) Add(query, "pattern", pattern);
        foreach (var template in Templates) Add(query, "template", template);
        return new UriBuilder(events) { Query = query.ToString() }.Uri;
    }

    private static void Add(StringBuilder query, string name, string value) => query.Append('&').Append(name).Append('=').Append(Uri.EscapeDataString(value));
}
