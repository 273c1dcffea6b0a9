using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using Siar.Topics;
using Siar.UrlPatterns;

namespace Siar.AspNetCore;

/// <summary>
/// The hub's URL as the world knows it: one, whatever name a request was sent to. Tokens name it as their audience, and relative topics and URL
/// Patterns are relative to it, on every endpoint. May be used from any thread.
/// </summary>
internal sealed class HubUrl(IOptions<SiarOptions> options, IServiceProvider services)
{
    private readonly SiarOptions _options = options.Value;
    private Parts? _parts;

    /// <summary>The hub's URL: the resource identifier.</summary>
    public string Resource => Known.Resource;

    /// <summary>What a link to the hub is: its URL, or its path where nobody said how the world calls it.</summary>
    public string Link => _options.Resource ?? Path;

    /// <summary>The hub's path as the world knows it: a proxy may have taken something from its beginning.</summary>
    public string Path => PathOf(_options);

    /// <summary>The scheme, host and port of <see cref="Resource"/>.</summary>
    public string Origin => Known.Origin;

    /// <summary>Where the document about the hub as a protected resource is (RFC 9728, 3.1).</summary>
    public string MetadataUrl => $"{Origin}{MetadataPath}{Path}";

    /// <summary>The well-known path of that document, to which the resource's own path is added.</summary>
    public const string MetadataPath = "/.well-known/oauth-protected-resource";

    // The server knows its addresses only once it listens.
    private Parts Known => _parts ?? (Find(out var isFinal) is var found && isFinal ? _parts = found : found);

    /// <summary>The hub's path, from the options alone.</summary>
    public static string PathOf(SiarOptions options) =>
        options.Resource is { } resource && Url.TryParse(resource, null, out var url) ? url.Pathname : options.Mercure.Path;

    /// <summary>
    /// Whether a topic is one of the hub's own, at or below the Mercure path on whatever host. They are refused from publishers everywhere, or
    /// the events that tell who is subscribed could be forged.
    /// </summary>
    public bool IsReserved(string topic) => ReservedNamespace.Contains(topic, Known.Url);

    private Parts Find(out bool isFinal)
    {
        if (_options.Resource is { } resource)
        {
            isFinal = true;
            return Parts.Of(Parse(resource), resource);
        }

        var address = services.GetService<IServer>()?.Features.Get<IServerAddressesFeature>()?.Addresses.FirstOrDefault();
        isFinal = address is not null;
        var url = Parse((address is null ? "http://localhost" : OriginOf(address)) + _options.Mercure.Path);
        return Parts.Of(url, url.Href);
    }

    // What listens on every address is named by none of them.
    private static string OriginOf(string address)
    {
        var binding = BindingAddress.Parse(address);
        var host = binding.Host is "+" or "*" or "0.0.0.0" or "[::]" || binding.IsUnixPipe ? "localhost" : binding.Host;
        return binding.IsUnixPipe ? $"{binding.Scheme}://{host}" : $"{binding.Scheme}://{host}:{binding.Port}";
    }

    private static Url Parse(string text) =>
        Url.TryParse(text, null, out var url) ? url : throw new UriFormatException($"The hub's URL '{text}' is none.");

    private sealed record Parts(string Resource, string Origin, Url Url)
    {
        public static Parts Of(Url url, string resource) => new(resource, new Uri(url.Href).GetLeftPart(UriPartial.Authority), url);
    }
}
