using System.Net;
using System.Net.Sockets;

namespace Siar.AspNetCore;

/// <summary>Names a client for the limits by address.</summary>
internal static class ClientAddress
{
    /// <summary>The IPv4 address, or the IPv6 network of 64 bits (one client has all of its addresses); null on a Unix socket.</summary>
    public static string? Of(HttpContext context)
    {
        var address = context.Connection.RemoteIpAddress;
        if (address is null) return null;
        if (address.IsIPv4MappedToIPv6) address = address.MapToIPv4();
        if (address.AddressFamily is not AddressFamily.InterNetworkV6) return address.ToString();

        Span<byte> bytes = stackalloc byte[16];
        address.TryWriteBytes(bytes, out _);
        bytes[8..].Clear();
        return $"{new IPAddress(bytes)}/64";
    }
}
