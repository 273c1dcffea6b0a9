using Siar.Hub;
using Siar.Topics;

namespace Siar.AspNetCore;

/// <summary>A stream over HTTP, as <see cref="ISiarConnectionObserver"/> is told of it. Immutable.</summary>
public sealed class SiarConnection
{
    internal SiarConnection()
    {
    }

    /// <summary>Names it among the streams of this process.</summary>
    public required long Number { get; init; }

    /// <summary>Who reads, as a token or the application says; nobody in particular where nothing does.</summary>
    public required CallerIdentity Caller { get; init; }

    /// <summary>The client's IPv4 address, or its IPv6 network of 64 bits; null on a Unix socket.</summary>
    public required string? Address { get; init; }

    /// <summary>The route that it was opened on, as it is written in the application, such as <c>/events/{**topic}</c>.</summary>
    public required string Route { get; init; }

    /// <summary>Which topics it is about; none for a stream of a source of the application's own.</summary>
    public required MatcherSet Topics { get; init; }

    /// <summary>When it began.</summary>
    public required DateTimeOffset ConnectedAt { get; init; }
}
