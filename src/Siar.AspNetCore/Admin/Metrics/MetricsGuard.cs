using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using Siar.Topics;

namespace Siar.AspNetCore;

/// <summary>Keeps <c>/metrics</c> for those who may subscribe to the hub's own topic of that name, where the options ask for it.</summary>
internal static class MetricsGuard
{
    public static RequestDelegate Around(IServiceProvider services, RequestDelegate answer)
    {
        if (services.GetService<IOptions<TokenOptions>>() is not { Value.GuardMetrics: true } || services.GetService<TokenAuthority>() is null) return answer;
        var resolver = services.GetRequiredService<AccessResolver>();
        var refuser = services.GetRequiredService<Refuser>();
        var topic = Topic.Parse(services.GetRequiredService<HubIdentity>().Path + "/metrics");
        return async context =>
        {
            if (await resolver.CheckReservedAsync(context, topic) is { } refusal) await refuser.AnswerAsync(context, refusal);
            else await answer(context);
        };
    }
}
