using System.Buffers;
using System.Text.Json;
using Microsoft.Extensions.Options;

namespace Siar.AspNetCore;

/// <summary>The document about the hub as a protected resource (RFC 9728): who it is, who makes tokens for it, and how they come.</summary>
internal sealed class ResourceMetadata(HubUrl url, TokenAuthority authority, IOptions<SiarOptions> options)
{
    private const string DetailType = "https://mercure.rocks/authorization-detail";

    public async Task HandleAsync(HttpContext context)
    {
        var body = Write();
        context.Response.ContentType = Negotiation.Json;
        context.Response.ContentLength = body.Length;
        context.Response.Headers.XContentTypeOptions = "nosniff";
        context.Response.Headers.CacheControl = "max-age=60";
        if (!HttpMethods.IsHead(context.Request.Method)) await context.Response.Body.WriteAsync(body, context.RequestAborted);
    }

    private ReadOnlyMemory<byte> Write()
    {
        var buffer = new ArrayBufferWriter<byte>();
        using var json = new Utf8JsonWriter(buffer, EventJson.WriterOptions);
        json.WriteStartObject();
        json.WriteString("resource"u8, url.Resource);
        WriteArray(json, "authorization_servers", authority.Servers);
        WriteArray(json, "authorization_details_types_supported", [DetailType]);
        WriteArray(json, "bearer_methods_supported", ["header"]);
        json.WriteString("mercure_cookie"u8, authority.Options.CookieName);
        if (options.Value.Mercure.Subscriptions) json.WriteBoolean("mercure_subscriptions"u8, true);
        json.WriteEndObject();
        json.Flush();
        return buffer.WrittenMemory;
    }

    private static void WriteArray(Utf8JsonWriter json, string name, IEnumerable<string> values)
    {
        string[] all = [.. values];
        if (all.Length == 0) return;
        json.WriteStartArray(name);
        foreach (var value in all) json.WriteStringValue(value);
        json.WriteEndArray();
    }
}
