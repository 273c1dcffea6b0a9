using System.Net;

namespace Siar.Client;

/// <summary>
/// Follows redirects (Fetch standard, section 4.4, "HTTP-redirect fetch"), and takes no secret to another origin: only the headers that the client itself
/// sets go along. The platform's own handler takes everything but the token along, and leaves the token behind even within an origin.
/// </summary>
internal sealed class RedirectHandler(HttpMessageHandler inner) : DelegatingHandler(inner)
{
    /// <summary>"If request's redirect count is 20, then return a network error."</summary>
    private const int MostRedirects = 20;

    // What these say is no secret: they are the same for everybody, or name a place in a stream.
    private static readonly HashSet<string> Own = new(StringComparer.OrdinalIgnoreCase) { "Accept", "Cache-Control", "Last-Event-ID", "Idempotency-Key", "User-Agent" };

    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        var response = await base.SendAsync(request, cancellationToken);
        for (var count = 0; Target(request, response) is { } target; count++)
        {
            response.Dispose();
            if (count == MostRedirects) throw new HttpRequestException($"the address redirects more than {MostRedirects} times");
            if (BecomesGet(request.Method, response.StatusCode))
            {
                request.Method = HttpMethod.Get;
                request.Content = null;
            }

            if (!IsSameOrigin(request.RequestUri!, target)) DropSecrets(request);
            request.RequestUri = target;
            response = await base.SendAsync(request, cancellationToken);
        }

        return response;
    }

    /// <summary>Where the answer leads; null where it leads nowhere, or from https to http, which whoever asked is left to judge.</summary>
    private static Uri? Target(HttpRequestMessage request, HttpResponseMessage response)
    {
        if (response.StatusCode is not (HttpStatusCode.Moved or HttpStatusCode.Found or HttpStatusCode.SeeOther or HttpStatusCode.TemporaryRedirect or HttpStatusCode.PermanentRedirect)
            || response.Headers.Location is not { } location)
        {
            return null;
        }

        var from = request.RequestUri!;
        var target = location.IsAbsoluteUri ? location : new Uri(from, location);
        return target.Scheme == Uri.UriSchemeHttps || (target.Scheme == Uri.UriSchemeHttp && from.Scheme == Uri.UriSchemeHttp) ? target : null;
    }

    /// <summary>"301 or 302 and request's method is `POST`", or "303 and request's method is not `GET` or `HEAD`".</summary>
    private static bool BecomesGet(HttpMethod method, HttpStatusCode status) => status switch
    {
        HttpStatusCode.Moved or HttpStatusCode.Found => method == HttpMethod.Post,
        HttpStatusCode.SeeOther => method != HttpMethod.Get && method != HttpMethod.Head,
        _ => false,
    };

    private static bool IsSameOrigin(Uri one, Uri other) =>
        one.Scheme == other.Scheme && one.Port == other.Port && string.Equals(one.IdnHost, other.IdnHost, StringComparison.OrdinalIgnoreCase);

    private static void DropSecrets(HttpRequestMessage request)
    {
        foreach (var name in request.Headers.NonValidated.Select(header => header.Key).Where(name => !Own.Contains(name)).ToArray()) request.Headers.Remove(name);
        if (request.Content is not { } content) return;
        foreach (var name in content.Headers.NonValidated.Select(header => header.Key).Where(name => !name.StartsWith("Content-", StringComparison.OrdinalIgnoreCase)).ToArray())
            content.Headers.Remove(name);
    }
}
