using System.Net.Http.Headers;
using System.Net.Sockets;
using System.Text;

namespace Siar.Tool;

/// <summary>Makes the HTTP client that a command talks to a hub with.</summary>
internal static class HubHttp
{
    private static readonly TimeSpan ConnectTimeout = TimeSpan.FromSeconds(10);

    public static HttpClient Create(HubAddress hub, TimeSpan timeout)
    {
        var handler = new SocketsHttpHandler
        {
            ConnectTimeout = ConnectTimeout,
            ConnectCallback = ConnectAsync,
            // A proxy that the environment names is for the world, not for this machine.
            UseProxy = !hub.Url.IsLoopback,
            // HTML Standard, 9.2.3: the last event id goes into its header as UTF-8.
            RequestHeaderEncodingSelector = (_, _) => Encoding.UTF8,
        };
        var http = new HttpClient(handler) { Timeout = timeout };
        if (!string.IsNullOrEmpty(hub.Token)) http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", hub.Token);
        http.DefaultRequestHeaders.UserAgent.Add(new ProductInfoHeaderValue(Product.Name, Product.Version));
        return http;
    }

    /// <summary>Whether the failure is that no connection came about, so that nothing can have been done.</summary>
    public static bool IsUnreached(HttpRequestException failure) =>
        failure.HttpRequestError is HttpRequestError.ConnectionError or HttpRequestError.NameResolutionError or HttpRequestError.SecureConnectionError;

    /// <summary>What went wrong on the way, in the words of the innermost cause.</summary>
    public static string Reason(Exception failure)
    {
        while (failure.InnerException is { } inner) failure = inner;
        return failure.Message.TrimEnd('.');
    }

    /// <summary>What the hub says in a refusal: its sentence, or the bare status.</summary>
    public static async Task<string> SentenceAsync(HttpResponseMessage response, CancellationToken cancellationToken)
    {
        const int Longest = 1_000;
        var status = $"{(int)response.StatusCode} {response.ReasonPhrase}".TrimEnd();
        if (response.Content.Headers.ContentType?.MediaType is not ("text/plain" or "application/json" or "application/problem+json")) return status;
        var text = (await response.Content.ReadAsStringAsync(cancellationToken)).Trim();
        return text.Length is 0 or > Longest ? status : $"{status}: {text}";
    }

    private static async ValueTask<Stream> ConnectAsync(SocketsHttpConnectionContext context, CancellationToken cancellationToken)
    {
        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        try
        {
            // A hub that has vanished says nothing: without probes a stream would wait for it for ever.
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
