using System.Security.Claims;
using Siar.Topics;

namespace Siar.AspNetCore;

/// <summary>A stream of fixed topics at a path of the application's own, under the application's own authorisation.</summary>
internal sealed class MappedStream(MatcherSet topics, SubscribeInput input, RefusalResponse refusals) : PlainStream(input, refusals)
{
    // Whoever has passed an authorisation that is set on this very endpoint may have its private events as well.
    public override ValueTask<AccessDecision> AuthoriseAsync(HttpContext context, RequestFields fields)
    {
        if (!OwnAuthorization.IsOn(context)) return ValueTask.FromResult<AccessDecision>(SiarAccess.ReadPublic);
        // With a token of the hub's, the stream ends before the token does.
        if (context.User.FindSiarAccess() is { } ofToken) return ValueTask.FromResult<AccessDecision>(ofToken with { Subscribe = topics });
        var name = context.User.FindFirstValue(ClaimTypes.NameIdentifier) ?? context.User.Identity?.Name;
        return ValueTask.FromResult<AccessDecision>(new SiarAccess { Subscribe = topics, Name = name });
    }

    protected override MatcherSet ReadTopics(HttpContext context, RequestFields fields) => topics;
}
