using System.Security.Claims;
using Microsoft.AspNetCore.Authorization;
using Siar.Topics;

namespace Siar.AspNetCore;

/// <summary>A stream of fixed topics at a path of the application's own, under the application's own authorisation.</summary>
internal sealed class MappedStream(MatcherSet topics, StreamDoor door, Refuser refuser)
{
    public async Task HandleAsync(HttpContext context)
    {
        if (QueryFields.Read(context.Request, out var query) is { } refusal) await refuser.AnswerAsync(context, refusal);
        else await door.ServeAsync(context, query, topics, AccessOf(context));
    }

    // Whoever has passed an authorisation that is set on this very endpoint may have its private events as well.
    private SiarAccess AccessOf(HttpContext context)
    {
        var metadata = context.GetEndpoint()?.Metadata;
        var isGuarded = metadata?.GetMetadata<IAllowAnonymous>() is null
            && (metadata?.GetMetadata<IAuthorizeData>() is not null || metadata?.GetMetadata<AuthorizationPolicy>() is not null);
        if (!isGuarded) return SiarAccess.ReadPublic;
        return new SiarAccess { Subscribe = topics, Name = context.User.FindFirstValue(ClaimTypes.NameIdentifier) ?? context.User.Identity?.Name };
    }
}
