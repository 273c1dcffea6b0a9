namespace Siar.AspNetCore;

/// <summary>
/// Keeps the web out of a hub that asks for no authorisation. A page of another site can reach this machine in two ways: by a name of its
/// own that it lets point to a loopback address (DNS rebinding), seen in <c>Host</c>; and by a cross-site request, seen in <c>Origin</c>.
/// </summary>
internal static class DevelopmentGuard
{
    public static Refusal? Check(HttpRequest request)
    {
        if (!LoopbackHost.IsLoopback(request.Host.Host))
        {
            return new Refusal(StatusCodes.Status403Forbidden, RefusalReason.Host,
                "Development mode answers only on loopback names (localhost, 127.0.0.1, [::1]); the request is for another host. "
                + "To serve others, set up an authorisation hook or keys.");
        }

        return RequestOrigin.IsAbsentOrSame(request)
            ? null
            : new Refusal(StatusCodes.Status403Forbidden, RefusalReason.Origin,
                "Development mode answers a browser only for pages of the same origin; this request comes from another one.");
    }
}
