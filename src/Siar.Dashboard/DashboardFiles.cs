using System.Reflection;
using System.Security.Cryptography;
using System.Text;
using System.Text.Encodings.Web;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Siar.Dashboard;

/// <summary>Serves the page and its files, which are in the assembly.</summary>
internal static class DashboardFiles
{
    /// <summary>Nothing but the hub's own files and streams, in no other site's frame, whatever an event's text may hold.</summary>
    private const string ContentSecurityPolicy =
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; base-uri 'self'; form-action 'none'; frame-ancestors 'none'";

    private static readonly string[] Reading = [HttpMethods.Get, HttpMethods.Head];

    /// <summary>The hub's version, without the build's own suffix.</summary>
    public static string Version { get; } =
        typeof(DashboardFiles).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()!.InformationalVersion.Split('+')[0];

    /// <summary>Maps the page at the group's root, and its files below.</summary>
    public static void Map(IEndpointRouteBuilder group, string prefix)
    {
        var page = Encoding.UTF8.GetString(Read("index.html"));
        MapPage(group, "", context => SendAsync(context, "text/html; charset=utf-8", ForRequest(page, context.Request, prefix)));
        MapFile(group, "dashboard.js", "text/javascript; charset=utf-8");
        MapFile(group, "dashboard.css", "text/css; charset=utf-8");
        MapFile(group, "siar.svg", "image/svg+xml");
    }

    private static void MapFile(IEndpointRouteBuilder group, string name, string contentType)
    {
        var body = Read(name);
        MapPage(group, name, context => SendAsync(context, contentType, body));
    }

    private static void MapPage(IEndpointRouteBuilder group, string path, RequestDelegate answer) =>
        group.MapMethods(path, Reading, answer).WithDisplayName("Siar: dashboard");

    /// <summary>Says in the page where it is, so that its relative addresses hold with and without a slash at the end.</summary>
    private static byte[] ForRequest(string page, HttpRequest request, string prefix)
    {
        var path = HtmlEncoder.Default.Encode($"{request.PathBase}{prefix}/");
        return Encoding.UTF8.GetBytes(page.Replace("<base href=\"/\">", $"<base href=\"{path}\">", StringComparison.Ordinal));
    }

    private static Task SendAsync(HttpContext context, string contentType, byte[] body)
    {
        var response = context.Response;
        response.Headers.CacheControl = "no-cache";
        response.Headers.ContentSecurityPolicy = ContentSecurityPolicy;
        response.Headers.XContentTypeOptions = "nosniff";
        response.Headers["Referrer-Policy"] = "no-referrer";
        var tag = $"\"{Convert.ToHexStringLower(SHA256.HashData(body).AsSpan(0, 8))}\"";
        response.Headers.ETag = tag;
        if (context.Request.Headers.IfNoneMatch.Contains(tag))
        {
            response.StatusCode = StatusCodes.Status304NotModified;
            return Task.CompletedTask;
        }

        response.ContentType = contentType;
        response.ContentLength = body.Length;
        return HttpMethods.IsHead(context.Request.Method) ? Task.CompletedTask : response.Body.WriteAsync(body).AsTask();
    }

    private static byte[] Read(string name)
    {
        using var stream = typeof(DashboardFiles).Assembly.GetManifestResourceStream("dashboard/" + name)
            ?? throw new FileNotFoundException($"The assembly was built without the dashboard's file '{name}'.", name);
        using var copy = new MemoryStream();
        stream.CopyTo(copy);
        return copy.ToArray();
    }
}
