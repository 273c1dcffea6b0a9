using Siar.Hub;

namespace Siar.AspNetCore;

/// <summary>The rates at which callers may publish, by address and by token.</summary>
internal sealed class PublishLimits(LimitOptions limits, TimeProvider time)
{
    private readonly PublishLimiter<string> _byAddress = new(limits.PublishesPerAddress, time);
    private readonly PublishLimiter<CallerIdentity> _byToken = new(limits.PublishesPerToken, time);

    /// <summary>Takes a number of events from the caller's amounts.</summary>
    public Refusal? TryTake(HttpContext context, SiarAccess access, int events)
    {
        Refusal? refusal = null;
        if (access.Credential is { IsNone: false } token) refusal = TryTake(_byToken, token, events, "Your token");
        if (refusal is not null || ClientAddress.Of(context) is not { } address) return refusal;
        refusal = TryTake(_byAddress, address, events, "Your address");

        // What is refused costs neither.
        if (refusal is not null && access.Credential is { IsNone: false } refused) _byToken.GiveBack(refused, events);
        return refusal;
    }

    private static Refusal? TryTake<TName>(PublishLimiter<TName> limiter, TName name, int events, string whose)
        where TName : notnull
    {
        var wait = limiter.TryTake(name, events);
        if (wait == TimeSpan.Zero) return null;
        return new Refusal(StatusCodes.Status429TooManyRequests, RefusalReason.PublishRate, $"{whose} publishes faster than it may: slow down.")
        {
            RetryAfter = wait,
        };
    }
}
