using System.Text;
using Siar.AspNetCore;

namespace Siar.Tool;

/// <summary>The page of the demonstration: this machine's figures.</summary>
internal static class DemoPage
{
    /// <summary>Nothing but the hub's own files and streams, in no other site's frame, whatever a figure's text may hold.</summary>
    private const string ContentSecurityPolicy =
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

    private static readonly string[] Reading = [HttpMethods.Get, HttpMethods.Head];

    public const string Path = "/demo";

    public static void MapDemoPage(this IEndpointRouteBuilder endpoints)
    {
        var page = PageFile.Read("demo.html");
        Map(endpoints, Path, context => SendAsync(context, "text/html; charset=utf-8", ForOrigin(page, context.Request)))
            .WithMetadata(new SiarEndpointKind(SiarEndpoint.Demo));
        MapFile(endpoints, "demo.css", "text/css; charset=utf-8");
        MapFile(endpoints, "demo.js", "text/javascript; charset=utf-8");
    }

    private static void MapFile(IEndpointRouteBuilder endpoints, string name, string contentType)
    {
        var bytes = Encoding.UTF8.GetBytes(PageFile.Read(name));
        Map(endpoints, $"{Path}/{name}", context => SendAsync(context, contentType, bytes));
    }

    private static IEndpointConventionBuilder Map(IEndpointRouteBuilder endpoints, string path, RequestDelegate answer) =>
        endpoints.MapMethods(path, Reading, answer).AllowAnonymous();

    /// <summary>Puts the address that the reader used into the examples.</summary>
    private static byte[] ForOrigin(string page, HttpRequest request)
    {
        // The host is the client's word: it must not become markup.
        var origin = System.Text.Encodings.Web.HtmlEncoder.Default.Encode($"{request.Scheme}://{request.Host}");
        return Encoding.UTF8.GetBytes(page.Replace("{{origin}}", origin, StringComparison.Ordinal));
    }

    private static Task SendAsync(HttpContext context, string contentType, byte[] body)
    {
        var response = context.Response;
        response.ContentType = contentType;
        response.ContentLength = body.Length;
        response.Headers.CacheControl = "no-cache";
        response.Headers.ContentSecurityPolicy = ContentSecurityPolicy;
        response.Headers.XContentTypeOptions = "nosniff";
        response.Headers["Referrer-Policy"] = "no-referrer";
        return HttpMethods.IsHead(context.Request.Method) ? Task.CompletedTask : response.Body.WriteAsync(body).AsTask();
    }
}
