using System.Security.Claims;
using Siar.Hub;
using Siar.Topics;

namespace Siar.AspNetCore;

/// <summary>A stream at a path of the application's own, under the application's own authorisation: of fixed topics, or of those that the application has said for this caller.</summary>
internal sealed class MappedStream(StreamRequest request, MatcherSet? topics, EventHub hub, SubscribeInput input, RefusalResponse refusals) : PlainStream(input, refusals)
{
    // Whoever may call the endpoint may read the public events that the application has chosen for it.
    private static readonly SiarAccess Open = SiarAccess.ReadPublic with { IsEverybodys = true };

    // Whoever has passed an authorisation that is set on this very endpoint may have its private events as well.
    public override ValueTask<AccessDecision> AuthoriseAsync(HttpContext context, RequestFields fields)
    {
        var isOwn = OwnAuthorization.IsOn(context);
        var grants = request.Grants ?? (isOwn ? topics ?? request.Read(fields, hub.Options.Limits) : MatcherSet.None);
        // Only of a fixed stream without authorisation is it known that everybody gets the same.
        if (topics is not null && !isOwn && grants.Matchers.IsEmpty) return ValueTask.FromResult<AccessDecision>(Open);
        var access = SiarAccess.ReadPublic with { Subscribe = grants };
        if (!isOwn) return ValueTask.FromResult<AccessDecision>(access with { EndsAt = request.EndsAt });
        // With a token of the hub's, the stream ends before the token does.
        var ofToken = context.User.FindSiarAccess();
        var endsAt = ofToken?.EndsAt is { } end && (request.EndsAt is not { } asked || end < asked) ? end : request.EndsAt;
        if (ofToken is not null) return ValueTask.FromResult<AccessDecision>(ofToken with { Subscribe = grants, Public = MatcherSet.All, EndsAt = endsAt });
        var name = context.User.FindFirstValue(ClaimTypes.NameIdentifier) ?? context.User.Identity?.Name;
        return ValueTask.FromResult<AccessDecision>(access with { Name = name, EndsAt = endsAt });
    }

    public override SubscribeCommand Read(HttpContext context, RequestFields fields, SiarAccess access, Siar.Auth.TokenDialect dialect)
    {
        var command = base.Read(context, fields, access, dialect);
        if ((request.Last is null && !request.Snapshot) || command.Request.Last is not null || command.Request.Snapshot) return command;
        return command with { Request = command.Request with { Last = request.Last, Snapshot = request.Snapshot } };
    }

    protected override MatcherSet ReadTopics(HttpContext context, RequestFields fields) => topics ?? request.Read(fields, hub.Options.Limits);
}
