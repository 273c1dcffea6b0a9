using Microsoft.AspNetCore.Authorization;

namespace Siar.AspNetCore;

/// <summary>Marks the hub's endpoints, wherever they are mapped.</summary>
internal sealed class HubRoute
{
    private static readonly HubRoute Mark = new();

    private HubRoute()
    {
    }

    /// <summary>Marks an endpoint.</summary>
    public static IEndpointConventionBuilder On(IEndpointConventionBuilder endpoint) => endpoint.WithMetadata(Mark);

    /// <summary>
    /// Opens an endpoint that machines ask, whatever the application's policy for endpoints without one of their own. An authorisation that is set on the endpoint, or on a
    /// group that it is in, closes it all the same.
    /// </summary>
    public static IEndpointConventionBuilder Open(IEndpointConventionBuilder endpoint)
    {
        // Last, when what the application has said is all there.
        endpoint.Finally(static b =>
        {
            if (!b.Metadata.Any(m => m is IAuthorizeData or AuthorizationPolicy)) b.Metadata.Add(new AllowAnonymousAttribute());
        });
        return endpoint;
    }
}
