using Siar.Client;

namespace Siar.Tool;

/// <summary>What <c>siar subscribe</c> is asked to do.</summary>
internal sealed record SubscribeArguments
{
    public required HubAddress Hub { get; init; }

    /// <summary>Topics, patterns and templates, and where to begin.</summary>
    public required SubscribeOptions What { get; init; }

    public IReadOnlyList<RequestHeader> Headers { get; init; } = [];

    public required EventFormat Format { get; init; }

    /// <summary>How many events to print before ending; null for no end.</summary>
    public long? Count { get; init; }

    /// <summary>How long to run; null for no end.</summary>
    public TimeSpan? Timeout { get; init; }

    public bool IsQuiet { get; init; }
}
