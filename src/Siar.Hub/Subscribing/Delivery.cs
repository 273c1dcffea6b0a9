using Siar.Topics;

namespace Siar.Hub;

/// <summary>What an in-process reader gets: an event, a gap, or word that it is level with the log.</summary>
public abstract record Delivery
{
    private Delivery()
    {
    }

    /// <summary>An event that the reader asked for.</summary>
    /// <param name="Logged">The event.</param>
    public sealed record Published(LoggedEvent Logged) : Delivery;

    /// <summary>Events that the reader asked for are gone; reading goes on after them.</summary>
    /// <param name="Missing">Which, and why.</param>
    public sealed record Missed(Gap Missing) : Delivery;

    /// <summary>A topic that the reader asked for is closed: nothing comes of it any more.</summary>
    /// <param name="Topic">The topic.</param>
    public sealed record Closed(Topic Topic) : Delivery;

    /// <summary>The reader has everything that there is; what follows is live. Given once, after the replay.</summary>
    public sealed record Live : Delivery;
}
