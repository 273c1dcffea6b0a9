using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Routing;

namespace Siar.AspNetCore;

/// <summary>
/// The topic in the path: the rest of the request target as it came on the wire, percent-decoded once. The path that routing sees will not
/// do: the server has taken dot segments out of it and has decoded all but <c>%2F</c>, so that two topics would look the same.
/// </summary>
internal static class RawTopic
{
    /// <summary>Reads the topic.</summary>
    /// <param name="context">The request.</param>
    /// <param name="topic">The topic's text; null where the endpoint's pattern or the path ends before it.</param>
    public static Refusal? Read(HttpContext context, out string? topic)
    {
        topic = null;
        if (ReadRaw(context, out var raw) is { } refusal) return refusal;
        if (raw is null) return null;
        if (PercentText.Decode(raw, isForm: false, out var decoded) is { } error) return Refusal.Invalid($"The topic in the path {error}");
        topic = decoded;
        return null;
    }

    /// <summary>Reads the rest of the path as it came on the wire.</summary>
    /// <param name="context">The request.</param>
    /// <param name="raw">The rest, without the slash before it; null where the endpoint's pattern or the path ends before it.</param>
    public static Refusal? ReadRaw(HttpContext context, out string? raw)
    {
        raw = null;
        if (context.GetEndpoint() is not RouteEndpoint endpoint || endpoint.RoutePattern.Parameters is not [.., { IsCatchAll: true }]) return null;

        var target = context.Features.Get<IHttpRequestFeature>()?.RawTarget;
        var path = string.IsNullOrEmpty(target) ? Routed(context.Request).AsSpan() : PathOf(target);
        var rest = path;
        var routed = Routed(context.Request).AsSpan();
        var before = context.Request.PathBase.Value.AsSpan().Count('/') + endpoint.RoutePattern.PathSegments.Count - 1;
        for (var i = 0; i < before; i++)
        {
            if (!TakeSegment(ref rest, out var segment) || !TakeSegment(ref routed, out var expected) || !IsSame(segment, expected))
                return Refusal.Invalid("The path before the topic holds dot segments or was rewritten: write it plainly, so that the topic is unambiguous.");
        }

        if (rest.Length <= 1) return null;
        raw = rest[1..].ToString();
        return null;
    }

    private static string Routed(HttpRequest request) => request.PathBase.Value + request.Path.Value;

    // RFC 9112, 3.2: the target is in origin form (/path?query) or, to proxies, in absolute form (http://host/path?query).
    private static ReadOnlySpan<char> PathOf(ReadOnlySpan<char> target)
    {
        if (target[0] != '/')
        {
            var authority = target.IndexOf("://");
            target = authority < 0 ? [] : target[(authority + 3)..];
            var slash = target.IndexOfAny('/', '?');
            target = slash < 0 ? [] : target[slash..];
        }

        var query = target.IndexOf('?');
        return query < 0 ? target : target[..query];
    }

    private static bool TakeSegment(ref ReadOnlySpan<char> path, out ReadOnlySpan<char> segment)
    {
        segment = [];
        if (path.IsEmpty || path[0] != '/') return false;
        var end = path[1..].IndexOf('/');
        segment = end < 0 ? path[1..] : path[1..(end + 1)];
        path = end < 0 ? [] : path[(end + 1)..];
        return true;
    }

    private static bool IsSame(ReadOnlySpan<char> raw, ReadOnlySpan<char> routed) =>
        PercentText.Decode(raw, isForm: false, out var decoded) is null && routed.Equals(decoded, StringComparison.Ordinal);
}
