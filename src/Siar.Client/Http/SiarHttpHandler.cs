using System.Net.Sockets;
using System.Runtime.Versioning;
using System.Text;

namespace Siar.Client;

/// <summary>Makes the HTTP handler that streams are read best with.</summary>
public static class SiarHttpHandler
{
    private static readonly TimeSpan ConnectTimeout = TimeSpan.FromSeconds(10);

    /// <summary>
    /// A handler that sends a last event id as UTF-8 whatever it holds (others refuse what is not ASCII), follows redirects and takes neither the token nor other
    /// headers of the application to another origin, lets a stream go at once when it is disposed, and probes silent connections. In a browser it is the browser's
    /// own, which follows redirects as the browser does. The caller disposes it.
    /// </summary>
    public static HttpMessageHandler Create()
    {
        if (OperatingSystem.IsBrowser()) return new HttpClientHandler();
        return new RedirectHandler(new SocketsHttpHandler
        {
            // Whoever is outside follows them.
            AllowAutoRedirect = false,
            ConnectTimeout = ConnectTimeout,
            ConnectCallback = ConnectAsync,
            // HTML Standard, 9.2.3: the last event id goes into its header as UTF-8.
            RequestHeaderEncodingSelector = (_, _) => Encoding.UTF8,
            // Credentials only where they are asked for: a cookie is one.
            UseCookies = false,
            // An unread stream has no end that could be waited for.
            MaxResponseDrainSize = 0,
            ResponseDrainTimeout = TimeSpan.Zero,
            // Pooled connections must notice that a name has moved to another address.
            PooledConnectionLifetime = TimeSpan.FromMinutes(5),
            EnableMultipleHttp2Connections = true,
        });
    }

    [UnsupportedOSPlatform("browser")]
    private static async ValueTask<Stream> ConnectAsync(SocketsHttpConnectionContext context, CancellationToken cancellationToken)
    {
        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        try
        {
            // A server that has vanished says nothing: without probes a stream would wait for it for ever.
            socket.SetSocketOption(SocketOptionLevel.Socket, SocketOptionName.KeepAlive, true);
            socket.SetSocketOption(SocketOptionLevel.Tcp, SocketOptionName.TcpKeepAliveTime, 30);
            socket.SetSocketOption(SocketOptionLevel.Tcp, SocketOptionName.TcpKeepAliveInterval, 10);
            await socket.ConnectAsync(context.DnsEndPoint, cancellationToken);
            return new NetworkStream(socket, ownsSocket: true);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }
}
