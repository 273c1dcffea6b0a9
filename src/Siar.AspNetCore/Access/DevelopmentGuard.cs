using System.Net;

namespace Siar.AspNetCore;

/// <summary>
/// Keeps everybody but this machine out of a hub that asks for no authorisation. A page of another site can reach this machine in two ways: by a
/// name of its own that it lets point to a loopback address (DNS rebinding), seen in <c>Host</c>; and by a cross-site request, seen in
/// <c>Origin</c> or <c>Referer</c>. Other machines come through a proxy, which mostly shows itself. One that speaks HTTP/1.1, sends a loopback
/// <c>Host</c> and adds no header field cannot be told from a program on this machine.
/// </summary>
/// <param name="origins">Origins whose pages may use the hub; of these only loopback ones count.</param>
internal sealed class DevelopmentGuard(IEnumerable<string> origins)
{
    private volatile OriginList _origins = ListOf(origins);

    /// <summary>Has other origins count from now on.</summary>
    public void Take(IEnumerable<string> origins) => _origins = ListOf(origins);

    /// <summary>Why a request is not served in development mode; null where it is.</summary>
    public Refusal? Check(HttpContext context)
    {
        var request = context.Request;
        if (!LoopbackHost.IsLoopback(request.Host.Host))
        {
            return Forbidden(RefusalReason.Host,
                "Development mode answers only on loopback names (localhost, 127.0.0.1, [::1]); the request is for another host. "
                + "To serve others, set up an authorisation hook or keys.");
        }

        if (!IsOfAllowedPage(request))
        {
            return Forbidden(RefusalReason.Origin,
                "Development mode answers a browser only for pages of the same origin, or of a loopback origin that is allowed; this request comes from another one.");
        }

        if (context.Connection.RemoteIpAddress is { } peer && !IsLoopback(peer))
        {
            return Forbidden(RefusalReason.Host,
                "Development mode answers only this machine; the request comes from another address, which it also does from outside of a container. "
                + "To serve others, set up an authorisation hook or keys.");
        }

        if (ProxyField(request) is { } field)
        {
            return Forbidden(RefusalReason.Host,
                $"Development mode answers only this machine; the header field {field} shows that the request came through a proxy. "
                + "To serve others, set up an authorisation hook or keys.");
        }

        return HttpProtocol.IsHttp10(request.Protocol)
            ? Forbidden(RefusalReason.Host, "Development mode does not answer HTTP/1.0, which is what a proxy speaks that is told nothing else: send HTTP/1.1.")
            : null;
    }

    /// <summary>Whether a browser's request is of the hub's own page, or of one on this machine that was allowed.</summary>
    private bool IsOfAllowedPage(HttpRequest request)
    {
        if (!RequestOrigin.IsAbsentOrSame(request) && !(request.Headers.Origin is [var origin] && _origins.Allows(origin))) return false;
        foreach (var referer in request.Headers.Referer)
        {
            if (!string.IsNullOrEmpty(referer) && !(Uri.TryCreate(referer, UriKind.Absolute, out var page) && LoopbackHost.IsLoopback(page.Host))) return false;
        }

        return true;
    }

    // RFC 7239, 4 (Forwarded); RFC 9110, 7.6.3 (Via: "A proxy MUST send an appropriate Via header field"); what nginx, YARP, IIS and others add, and what
    // the framework leaves of it once it has believed it (X-Original-For).
    private static string? ProxyField(HttpRequest request)
    {
        foreach (var (name, _) in request.Headers)
        {
            if (name.StartsWith("X-Forwarded-", StringComparison.OrdinalIgnoreCase) || name.StartsWith("X-Original-", StringComparison.OrdinalIgnoreCase)) return name;
            if (name.Equals("Forwarded", StringComparison.OrdinalIgnoreCase) || name.Equals("Via", StringComparison.OrdinalIgnoreCase)) return name;
            if (name.Equals("X-Real-IP", StringComparison.OrdinalIgnoreCase)) return name;
        }

        return null;
    }

    private static bool IsLoopback(IPAddress address) => IPAddress.IsLoopback(address.IsIPv4MappedToIPv6 ? address.MapToIPv4() : address);

    private static Refusal Forbidden(string reason, string sentence) => new(StatusCodes.Status403Forbidden, reason, sentence);

    private static OriginList ListOf(IEnumerable<string> origins) => new(origins.Where(OriginList.IsLoopback));
}
