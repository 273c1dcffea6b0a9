using System.Reflection;
using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.Options;

namespace Siar.AspNetCore;

/// <summary>
/// The OpenAPI document of the hub's HTTP API. It is written by hand (<c>openapi.json</c>), in the hub's usual paths; what is served of it is what
/// the application has really mapped, where it has mapped it.
/// </summary>
internal sealed class ApiDocument(EndpointMapper mapper, EndpointDataSource mapped, IOptions<SiarOptions> options)
{
    /// <summary>Where it is served.</summary>
    public const string Path = "/openapi.json";

    private const string WrittenMercurePath = "/.well-known/mercure";
    private const string Resource = "openapi.json";

    // OpenAPI 3.1 has no word for QUERY.
    private static readonly Dictionary<string, string> Methods = new(StringComparer.Ordinal)
    {
        ["get"] = "GET", ["head"] = "HEAD", ["post"] = "POST", ["delete"] = "DELETE", ["options"] = "OPTIONS", ["x-query"] = "QUERY",
    };

    private Made? _made;

    /// <summary>Maps it.</summary>
    public void Map(IEndpointRouteBuilder endpoints) => HubRoute.Open(mapper.Map(endpoints, Path, EndpointMapper.Reading, HandleAsync)).WithDisplayName("Siar: OpenAPI");

    /// <summary>Answers with it.</summary>
    private async Task HandleAsync(HttpContext context)
    {
        var prefix = PrefixOf(context);
        var baseUrl = context.Request.PathBase + prefix;
        var made = _made;
        if (made?.BaseUrl != baseUrl) _made = made = new Made(baseUrl, Make(prefix, baseUrl));
        var body = made.Body;
        context.Response.ContentType = Negotiation.Json;
        context.Response.ContentLength = body.Length;
        context.Response.Headers.XContentTypeOptions = "nosniff";
        context.Response.Headers.CacheControl = "no-cache";
        if (!HttpMethods.IsHead(context.Request.Method)) await context.Response.Body.WriteAsync(body, context.RequestAborted);
    }

    /// <summary>The document as it is written.</summary>
    public static JsonObject Read()
    {
        using var stream = typeof(ApiDocument).Assembly.GetManifestResourceStream(Resource)
            ?? throw new FileNotFoundException("The assembly was built without the document of its API.", Resource);
        return JsonNode.Parse(stream)!.AsObject();
    }

    /// <summary>Whether a route answers what the document calls a path: its last part may stand for all that follows.</summary>
    /// <param name="route">The route's pattern, without what the application has put before it.</param>
    /// <param name="path">The document's path.</param>
    public static bool Means(string route, string path)
    {
        var catchAll = route.IndexOf("{**", StringComparison.Ordinal);
        return catchAll < 0 ? route == path : path.Length > catchAll && path[catchAll] == '{' && path.AsSpan(0, catchAll).SequenceEqual(route.AsSpan(0, catchAll));
    }

    private byte[] Make(string prefix, string baseUrl)
    {
        var document = Read();
        document["info"]!["version"] = typeof(ApiDocument).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()!.InformationalVersion.Split('+')[0];
        if (baseUrl.Length > 0) document["servers"]![0]!["url"] = baseUrl;
        document["paths"] = PathsOf(document["paths"]!.AsObject(), RoutesBelow(prefix));
        using var text = new MemoryStream();
        using (var json = new Utf8JsonWriter(text, EventJson.WriterOptions)) document.WriteTo(json);
        return text.ToArray();
    }

    private JsonObject PathsOf(JsonObject written, List<(string Route, IReadOnlyList<string> Methods)> routes)
    {
        var paths = new JsonObject();
        foreach (var (writtenPath, item) in written)
        {
            var path = writtenPath.Replace(WrittenMercurePath, options.Value.Mercure.Path, StringComparison.Ordinal);
            var left = item!.DeepClone().AsObject();
            foreach (var (name, method) in Methods)
            {
                if (!routes.Exists(r => Means(r.Route, path) && r.Methods.Contains(method))) left.Remove(name);
            }

            if (left.Any(member => Methods.ContainsKey(member.Key))) paths[path] = left;
        }

        return paths;
    }

    private List<(string Route, IReadOnlyList<string> Methods)> RoutesBelow(string prefix) =>
    [
        .. from endpoint in mapped.Endpoints.OfType<RouteEndpoint>()
           let pattern = "/" + endpoint.RoutePattern.RawText!.TrimStart('/')
           let methods = endpoint.Metadata.GetMetadata<IHttpMethodMetadata>()
           where methods is not null && pattern.StartsWith(prefix + "/", StringComparison.Ordinal)
           select (pattern[prefix.Length..], methods.HttpMethods),
    ];

    // What the application has put before the doors: MapGroup("/hub").MapSiar().
    private static string PrefixOf(HttpContext context)
    {
        var pattern = "/" + ((RouteEndpoint)context.GetEndpoint()!).RoutePattern.RawText!.TrimStart('/');
        return pattern[..^Path.Length];
    }

    private sealed record Made(string BaseUrl, byte[] Body);
}
