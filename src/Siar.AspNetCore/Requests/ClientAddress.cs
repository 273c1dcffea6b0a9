using Siar.Hub;

namespace Siar.AspNetCore;

/// <summary>Names a client for the limits by address, and for revocations.</summary>
internal static class ClientAddress
{
    /// <summary>The IPv4 address, or the IPv6 network of 64 bits (one client has all of its addresses); null on a Unix socket.</summary>
    public static string? Of(HttpContext context) => context.Connection.RemoteIpAddress is { } address ? CallerFilter.NameOf(address) : null;
}
