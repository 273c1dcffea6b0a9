using Siar.Hub;
using Siar.Topics;

namespace Siar.AspNetCore;

/// <summary><c>GET /events/{topic}</c> and <c>GET /events?topic=…</c>.</summary>
internal sealed class SubscribeEndpoint(EventHub hub, AccessResolver resolver, HubIdentity identity, StreamDoor door, Refuser refuser)
{
    public async Task HandleAsync(HttpContext context)
    {
        var decision = await resolver.ResolveAsync(context);
        if (decision.Access is not { } access)
        {
            await refuser.AnswerAsync(context, decision.Refusal!);
            return;
        }

        string? topic = null;
        var matchers = MatcherSet.None;
        var refusal = QueryFields.Read(context.Request, out var query) ?? RawTopic.Read(context, out topic)
            ?? MatcherReader.Read(topic, query, identity.Resource, hub.Options.Limits, out matchers);
        if (refusal is null) await door.ServeAsync(context, query, matchers, access);
        else await refuser.AnswerAsync(context, refusal);
    }
}
