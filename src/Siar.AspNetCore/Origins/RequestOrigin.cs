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
        return origin.Count == 1
            && Uri.TryCreate(origin[0], UriKind.Absolute, out var from)
            && from.PathAndQuery == "/" && from.Fragment.Length == 0 && from.UserInfo.Length == 0
            && IsTarget(from, request);
    }

    /// <summary>Whether a URL is of the origin that the request goes to.</summary>
    public static bool IsTarget(Uri from, HttpRequest request) =>
        request.Host.HasValue
            && Uri.TryCreate($"{request.Scheme}://{request.Host.Value}", UriKind.Absolute, out var to)
            && from.Scheme == to.Scheme && from.Port == to.Port && from.Host == to.Host;
}
