using System.Globalization;
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

    /// <summary>
    /// Where there is no <see cref="LastEventId"/>: begin with the newest so many events of each topic, from 1 to what the hub allows; null, the default,
    /// for none. Not together with <see cref="Snapshot"/>.
    /// </summary>
    /// <exception cref="ArgumentOutOfRangeException">The number is less than 1.</exception>
    public int? Last
    {
        get;
        init => field = value is null or > 0 ? value : throw new ArgumentOutOfRangeException(nameof(value), value, "Last must be 1 or more.");
    }

    /// <summary>
    /// Where there is no <see cref="LastEventId"/>: begin with the newest event of every key, and with that again after a gap. The default is false. Not
    /// together with <see cref="Last"/>.
    /// </summary>
    public bool Snapshot { get; init; }

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
    /// a browser to come back by ending the stream, and for its signals.
    /// </summary>
    /// <exception cref="ArgumentException">There is nothing to read, or it is asked for in two ways.</exception>
    internal Uri StreamUrl(Uri events)
    {
        if (Topics.Count + Patterns.Count + Templates.Count == 0)
            throw new ArgumentException("There is nothing to subscribe to: name a topic, a pattern or a template.");
        if (Last is not null && Snapshot) throw new ArgumentException("A subscription begins with the last events or with a snapshot: choose one.");
        var query = new StringBuilder("refusal=status&signals=on");
        foreach (var topic in Topics) Add(query, "topic", topic);
        foreach (var pattern in Patterns) Add(query, "pattern", pattern);
        foreach (var template in Templates) Add(query, "template", template);
        if (Last is { } last) Add(query, "last", last.ToString(CultureInfo.InvariantCulture));
        if (Snapshot) Add(query, "snapshot", "on");
        return new UriBuilder(events) { Query = query.ToString() }.Uri;
    }

    private static void Add(StringBuilder query, string name, string value) => query.Append('&').Append(name).Append('=').Append(Uri.EscapeDataString(value));
}
