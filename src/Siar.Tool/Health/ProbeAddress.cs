using System.Collections;
using System.Net;
using System.Net.Sockets;

namespace Siar.Tool;

/// <summary>Where a hub is asked whether it is ready.</summary>
/// <param name="Name">What a person calls it.</param>
/// <param name="Root">Its root, ending in a slash.</param>
/// <param name="UnixSocket">The Unix socket that leads there; null where the root does.</param>
/// <param name="AcceptsAnyCertificate">Whether nobody checks for whom its certificate is.</param>
internal sealed record ProbeAddress(string Name, Uri Root, string? UnixSocket, bool AcceptsAnyCertificate)
{
    /// <summary>Reads an address that somebody has named.</summary>
    /// <exception cref="SettingException">It is none.</exception>
    public static ProbeAddress Parse(SettingValue value, bool acceptsAnyCertificate)
    {
        if (!value.Text.Contains("://unix:", StringComparison.OrdinalIgnoreCase))
        {
            var root = HubAddress.Parse(value);
            return new ProbeAddress(root.AbsoluteUri.TrimEnd('/'), root, UnixSocket: null, acceptsAnyCertificate);
        }

        return Of(ListenAddress.Parse(value), acceptsAnyCertificate);
    }

    /// <summary>The address of the hub that has the settings of this machine.</summary>
    /// <exception cref="SettingException">They are wrong, or say only that the system chooses the port.</exception>
    public static ProbeAddress OfHubHere(SettingValue? file, IDictionary variables)
    {
        // What else is wrong in them is no matter of a hub that has started.
        var settings = SettingsLoader.LoadSome(file, variables, name => name is "urls" or "adminUrl");
        return Of(settings.AdminUrl ?? settings.Urls[0], acceptsAnyCertificate: true);
    }

    /// <summary>Makes the HTTP client that asks there.</summary>
    public HttpClient CreateClient()
    {
        var handler = new SocketsHttpHandler { UseProxy = UnixSocket is null && !Root.IsLoopback, AllowAutoRedirect = false };
        if (AcceptsAnyCertificate) handler.SslOptions.RemoteCertificateValidationCallback = static (_, _, _, _) => true;
        if (UnixSocket is { } path) handler.ConnectCallback = (_, cancellationToken) => ConnectAsync(path, cancellationToken);
        return new HttpClient(handler) { BaseAddress = Root, Timeout = Timeout.InfiniteTimeSpan };
    }

    private static ProbeAddress Of(ListenAddress listens, bool acceptsAnyCertificate)
    {
        var address = BindingAddress.Parse(listens.Url);
        if (address.IsUnixPipe) return new ProbeAddress(listens.Url, new Uri($"{address.Scheme}://localhost/"), address.UnixPipePath, acceptsAnyCertificate);
        if (address.Port == 0) throw new SettingException($"the settings let the system choose the port: name the address that the hub has printed, as in 'siar health {ServeSettings.DefaultUrl}'.");
        var root = new Uri($"{address.Scheme}://{HostThatReaches(address.Host)}:{address.Port}/");
        return new ProbeAddress(root.AbsoluteUri.TrimEnd('/'), root, UnixSocket: null, acceptsAnyCertificate);
    }

    // The web server listens on every address of the machine for each name that is neither localhost nor an address.
    private static string HostThatReaches(string host)
    {
        if (string.Equals(host, "localhost", StringComparison.OrdinalIgnoreCase)) return host;
        if (!IPAddress.TryParse(host.Trim('[', ']'), out var address) || address.Equals(IPAddress.Any)) return IPAddress.Loopback.ToString();
        return address.Equals(IPAddress.IPv6Any) ? $"[{IPAddress.IPv6Loopback}]" : host;
    }

    private static async ValueTask<Stream> ConnectAsync(string path, CancellationToken cancellationToken)
    {
        var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        try
        {
            await socket.ConnectAsync(new UnixDomainSocketEndPoint(path), cancellationToken);
            return new NetworkStream(socket, ownsSocket: true);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }
}
