using Siar.Hub;

namespace Siar.AspNetCore;

/// <summary>Whether this process can go on, or another must take its place.</summary>
internal sealed class Liveness(EventHub hub)
{
    /// <summary>Why it cannot, as a word for machines and a sentence for people; null when it can.</summary>
    public (string Status, string Sentence)? NotLive()
    {
        if (hub.Loops.Ended is [var loop, ..]) return ("failed", $"The hub's loop '{loop}' has ended unexpectedly: restart the process. Why is in the hub's log.");
        return hub.Log.Health is { NeedsRestart: true } health ? ("failed", health.Sentence ?? "The log does nothing more: restart the process. Why is in the hub's log.") : null;
    }
}
