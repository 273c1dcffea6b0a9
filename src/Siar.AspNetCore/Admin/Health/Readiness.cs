using Microsoft.Extensions.Hosting;
using Siar.Hub;

namespace Siar.AspNetCore;

/// <summary>Whether this process should be sent requests.</summary>
internal sealed class Readiness(IHostApplicationLifetime lifetime, EventHub hub)
{
    /// <summary>Why it should not, as a word for machines and a sentence for people; null when it should.</summary>
    public (string Status, string Sentence)? NotReady()
    {
        if (hub.IsDraining || lifetime.ApplicationStopping.IsCancellationRequested)
            return ("draining", "The hub is shutting down and sends its readers away: use another one, or this one when it is back.");
        if (!lifetime.ApplicationStarted.IsCancellationRequested) return ("starting", "The hub is starting: ask again in a moment.");
        if (hub.HasMetDamage)
            return ("damaged", "Some of the events that the log keeps cannot be read, and readers are told a gap in their place: see which with 'siar log verify', and put a backup back, or go on without them, by 'siar log restore'.");
        return hub.Log.Health is { State: not LogState.Available } health
            ? (ReasonNames.Of(health.State), health.Sentence ?? "The log is not well: why is in the hub's log.")
            : null;
    }
}
