using System.Net;
using System.Net.Sockets;

namespace Siar.Tool;

/// <summary>Where a reader connects, from where, and as whom.</summary>
internal sealed record ReaderTarget(Uri Url, IPAddress Source, string? Token, bool IsSlow, bool IsGzip, BenchClock Clock)
{
    /// <summary>The server's address; loopback by its usual name needs no asking.</summary>
    public async ValueTask<IPAddress> AddressAsync(CancellationToken cancellationToken)
    {
        if (Url.Host == "localhost") return IPAddress.Loopback;
        if (IPAddress.TryParse(Url.DnsSafeHost, out var address)) return address;
        var all = await Dns.GetHostAddressesAsync(Url.DnsSafeHost, AddressFamily.Unspecified, cancellationToken);
        return all.Length > 0 ? all[0] : throw new IOException($"{Url.Host} has no address.");
    }
}
