using Siar.Hub;
using Siar.Topics;

namespace Siar.AspNetCore;

/// <summary><c>GET /events/{topic}</c> and <c>GET /events?topic=…</c>.</summary>
internal sealed class PlainSubscribe(EventHub hub, AccessResolver resolver, HubUrl url, SubscribeInput input, RefusalResponse refusals) : PlainStream(input, refusals)
{
    public override ValueTask<AccessDecision> AuthoriseAsync(HttpContext context, RequestFields fields) => resolver.ResolveAsync(context);

    protected override MatcherSet ReadTopics(HttpContext context, RequestFields fields) =>
        MatcherInput.ReadPlain(RawTopic.Read(context, fields), fields, url.Resource, hub.Options.Limits);
}
