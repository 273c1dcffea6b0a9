using Microsoft.AspNetCore.Authorization;

namespace Siar.AspNetCore;

/// <summary>Authorisation that an application has set on an endpoint (<c>RequireAuthorization</c>): whoever comes to the endpoint has passed it.</summary>
internal static class OwnAuthorization
{
    public static bool IsOn(HttpContext context)
    {
        var metadata = context.GetEndpoint()?.Metadata;
        return metadata?.GetMetadata<IAllowAnonymous>() is null
            && (metadata?.GetMetadata<IAuthorizeData>() is not null || metadata?.GetMetadata<AuthorizationPolicy>() is not null);
    }
}
