using System.Net.Sockets;
using Microsoft.AspNetCore.Connections.Features;

namespace Siar.AspNetCore;

/// <summary>
/// Has the system give up a peer that acknowledges nothing, such as one whose network is gone: it would go on for a quarter of an hour, and the
/// peer would pass for a reader as long. The keep-alives give it something to acknowledge. Linux only (RFC 5482).
/// </summary>
internal static class SilentPeer
{
    private const int Tcp = 6;
    private const int TcpUserTimeout = 18;

    public static void Limit(HttpContext context, TimeSpan patience)
    {
        if (!OperatingSystem.IsLinux() || context.Features.Get<IConnectionSocketFeature>()?.Socket is not { } socket) return;
        try
        {
            if (socket.ProtocolType is ProtocolType.Tcp) socket.SetRawSocketOption(Tcp, TcpUserTimeout, BitConverter.GetBytes((int)patience.TotalMilliseconds));
        }
        catch (Exception failure) when (failure is SocketException or ObjectDisposedException)
        {
            // The connection is gone already, as is about to be seen.
        }
    }
}
