using System.Net.Http.Headers;
using Siar.Client;

namespace Siar.Tool;

/// <summary>Makes the HTTP client that a command talks to a hub with.</summary>
internal static class HubHttp
{
    public static HttpClient Create(HubAddress hub, IReadOnlyList<RequestHeader> headers)
    {
        var handler = (DelegatingHandler)SiarHttpHandler.Create();
        // A proxy that the environment names is for the world, not for this machine.
        ((SocketsHttpHandler)handler.InnerHandler!).UseProxy = !hub.Url.IsLoopback;
        var http = new HttpClient(handler) { Timeout = Timeout.InfiniteTimeSpan };
        http.DefaultRequestHeaders.UserAgent.Add(new ProductInfoHeaderValue(Product.Name, Product.Version));
        foreach (var (name, value) in headers) http.DefaultRequestHeaders.TryAddWithoutValidation(name, value);
        return http;
    }
}
