using System.Text;

namespace Siar.Tool;

/// <summary>What <c>siar subscribe</c> is asked to do.</summary>
internal sealed record SubscribeRequest
{
    public required HubAddress Hub { get; init; }

    public required IReadOnlyList<string> Topics { get; init; }

    /// <summary>URL Patterns.</summary>
    public IReadOnlyList<string> Patterns { get; init; } = [];

    /// <summary>URI Templates.</summary>
    public IReadOnlyList<string> Templates { get; init; } = [];

    /// <summary>The id after which to begin, or <c>earliest</c>; null for what is published from now on.</summary>
    public string? Since { get; init; }

    public required EventFormat Format { get; init; }

    /// <summary>How many events to print before ending; null for no end.</summary>
    public long? Count { get; init; }

    /// <summary>How long to run; null for no end.</summary>
    public TimeSpan? Timeout { get; init; }

    public bool IsQuiet { get; init; }

    /// <summary>
    /// The address of the stream. It stays the same over reconnects, whose cursor is in a header, which beats the one in here. The hub
    /// is asked for a status where it would tell a browser to come back by ending the stream.
    /// </summary>
    public Uri StreamUrl()
    {
        var query = new StringBuilder("refusal=status");
        foreach (var topic in Topics) Add(query, "topic", topic);
        foreach (var pattern in Patterns) Add(query, "pattern", pattern);
        foreach (var template in Templates) Add(query, "template", template);
        if (Since is { } since) Add(query, "lastEventId", since);
        return new UriBuilder(Hub.Events) { Query = query.ToString() }.Uri;
    }

    private static void Add(StringBuilder query, string name, string value) => query.Append('&').Append(name).Append('=').Append(Uri.EscapeDataString(value));
}
