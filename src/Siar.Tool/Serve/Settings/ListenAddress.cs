using System.Net;

namespace Siar.Tool;

/// <summary>An address to listen on.</summary>
/// <param name="Url">As it was written.</param>
/// <param name="IsHttps">Whether it needs a certificate.</param>
/// <param name="IsLocal">Whether only this machine can reach it.</param>
internal sealed record ListenAddress(string Url, bool IsHttps, bool IsLocal)
{
    public static ListenAddress Parse(SettingValue value)
    {
        var url = value.Text;
        BindingAddress address;
        try
        {
            address = BindingAddress.Parse(url);
        }
        catch (FormatException)
        {
            throw value.Wrong($"'{url}' is not an address: write one such as {ServeSettings.DefaultUrl}");
        }

        var isHttps = string.Equals(address.Scheme, Uri.UriSchemeHttps, StringComparison.OrdinalIgnoreCase);
        if (!isHttps && !string.Equals(address.Scheme, Uri.UriSchemeHttp, StringComparison.OrdinalIgnoreCase))
            throw value.Wrong($"'{url}' begins with neither http:// nor https://");
        if (address.IsUnixPipe) return new ListenAddress(url, isHttps, IsLocal: true);

        var isLocalName = string.Equals(address.Host, "localhost", StringComparison.OrdinalIgnoreCase);
        if (address.Host.Length == 0 || address.Port is < 0 or > IPEndPoint.MaxPort)
            throw value.Wrong($"'{url}' is not an address: write one such as {ServeSettings.DefaultUrl}");
        if (address.PathBase.Length > 0) throw value.Wrong($"'{url}' has a path: the hub answers from the root of its address, so leave it out");
        if (isLocalName && address.Port == 0)
            throw value.Wrong($"'{url}' is two addresses (IPv4 and IPv6), which cannot share a port that the system chooses: write http://127.0.0.1:0");
        var isLoopback = IPAddress.TryParse(address.Host.Trim('[', ']'), out var ip) && IPAddress.IsLoopback(ip);
        return new ListenAddress(url, isHttps, isLocalName || isLoopback);
    }
}
