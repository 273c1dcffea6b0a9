using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using Siar.Topics;

namespace Siar.AspNetCore;

/// <summary>Keeps <c>/metrics</c> for those who may subscribe to the hub's own topic of that name, where the options ask for it, and in development mode for this machine.</summary>
internal static class MetricsGuard
{
    public static RequestDelegate Around(IServiceProvider services, RequestDelegate answer)
    {
        var resolver = services.GetRequiredService<AccessResolver>();
        var refuser = services.GetRequiredService<Refuser>();
        var isKept = services.GetService<IOptions<TokenOptions>>() is { Value.GuardMetrics: true } && services.GetService<TokenAuthority>() is not null;
        var topic = Topic.Parse(services.GetRequiredService<HubIdentity>().Path + "/metrics");
        return async context =>
        {
            var refusal = isKept ? await resolver.CheckReservedAsync(context, topic) : resolver.CheckDevelopment(context);
            if (refusal is not null) await refuser.AnswerAsync(context, refusal);
            else await answer(context);
        };
    }
}
