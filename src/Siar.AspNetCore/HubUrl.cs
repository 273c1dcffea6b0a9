namespace Siar.AspNetCore;

/// <summary>The URL that relative topics and patterns are relative to, on every door: that of the Mercure path.</summary>
internal static class HubUrl
{
    public const string Path = "/.well-known/mercure";

    /// <summary>The URL as the caller knows it; null where the request names no host.</summary>
    public static string? Of(HttpRequest request) =>
        request.Host.HasValue ? $"{request.Scheme}://{request.Host.ToUriComponent()}{request.PathBase.ToUriComponent()}{Path}" : null;
}
