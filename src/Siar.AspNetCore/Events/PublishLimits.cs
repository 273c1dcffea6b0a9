using Siar.Hub;

namespace Siar.AspNetCore;

/// <summary>The rates at which callers may publish, by address and by token.</summary>
internal sealed class PublishLimits(LimitOptions limits, TimeProvider time)
{
    private readonly PublishLimiter _byAddress = new(limits.PublishesPerAddress, time);
    private readonly PublishLimiter _byToken = new(limits.PublishesPerToken, time);

    /// <summary>Takes a number of events from the caller's amounts.</summary>
    public Refusal? TryTake(HttpContext context, SiarAccess access, int events) =>
        TryTake(_byAddress, ClientAddress.Of(context), events, "Your address") ?? TryTake(_byToken, access.Name, events, "Your token");

    private static Refusal? TryTake(PublishLimiter limiter, string? name, int events, string whose)
    {
        if (name is null) return null;
        var wait = limiter.TryTake(name, events);
        if (wait == TimeSpan.Zero) return null;
        return new Refusal(StatusCodes.Status429TooManyRequests, RefusalReason.PublishRate, $"{whose} publishes faster than it may: slow down.")
        {
            RetryAfter = wait,
        };
    }
}
