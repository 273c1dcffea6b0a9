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
        return lifetime.ApplicationStarted.IsCancellationRequested
            ? null
            : ("starting", "The hub is starting: ask again in a moment.");
    }
}
