using Microsoft.AspNetCore.Http.Features;

namespace Siar.AspNetCore;

/// <summary>
/// Makes the requests' contexts as the framework does, and hides tokens in queries first: the framework logs and traces a request's query before
/// any middleware runs. Registered only where such tokens are accepted.
/// </summary>
internal sealed class TokenHidingContextFactory(IServiceProvider services) : IHttpContextFactory
{
    private readonly DefaultHttpContextFactory _inner = new(services);

    public HttpContext Create(IFeatureCollection featureCollection)
    {
        QueryToken.Hide(featureCollection);
        return _inner.Create(featureCollection);
    }

    public void Dispose(HttpContext httpContext) => _inner.Dispose(httpContext);
}
