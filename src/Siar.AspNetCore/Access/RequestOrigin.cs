namespace Siar.AspNetCore;

/// <summary>Compares where a browser's request comes from with where it goes.</summary>
internal static class RequestOrigin
{
    /// <summary>
    /// Whether the request has no <c>Origin</c>, or the one it goes to: the same scheme, host and port. Behind a proxy that ends TLS the
    /// application must know the scheme from forwarded headers.
    /// </summary>
    public static bool IsAbsentOrSame(HttpRequest request)
    {
        var origin = request.Headers.Origin;
        if (origin.Count == 0) return true;
        return origin.Count == 1 && request.Host.HasValue
            && Uri.TryCreate(origin[0], UriKind.Absolute, out var from)
            && Uri.TryCreate($"{request.Scheme}://{request.Host.Value}", UriKind.Absolute, out var to)
            && from.PathAndQuery == "/" && from.Fragment.Length == 0 && from.UserInfo.Length == 0
            && from.Scheme == to.Scheme && from.Port == to.Port && from.Host == to.Host;
    }
}
