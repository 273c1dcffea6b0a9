using Siar.Topics;

namespace Siar.AspNetCore;

/// <summary>
/// Says who may watch a hub and who may end its streams. Whoever passes an authorisation that is set on the dashboard's own endpoints may
/// do both; elsewhere the caller's grants must mean the hub's own topic <c>…/dashboard</c>: to subscribe for watching, to publish for ending streams.
/// </summary>
internal sealed class LiveAccess(AccessResolver resolver, HubUrl url)
{
    /// <summary>What a grant must mean.</summary>
    private readonly Topic _topic = Topic.Parse(url.Path + "/dashboard");

    public async ValueTask<AccessDecision> MayWatchAsync(HttpContext context)
    {
        if (OwnAuthorization.IsOn(context)) return SiarAccess.Everything;
        if (await resolver.CheckReservedAsync(context, _topic) is { } refusal) return refusal;
        // Who may watch the hub sees what goes through it, but for private events that nobody has granted.
        return await resolver.ResolveAsync(context) is { Access: { } access } decision ? decision with { Access = access with { Public = MatcherSet.All } } : Refusal.Unauthenticated;
    }

    public ValueTask<Refusal?> MayEndAsync(HttpContext context) => resolver.CheckDeedAsync(context, _topic, "end streams");
}
