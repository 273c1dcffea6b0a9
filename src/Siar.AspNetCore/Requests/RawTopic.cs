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
    /// <param name="fields">Notes what is wrong with the path.</param>
    /// <returns>The topic's text; null where the endpoint's pattern or the path ends before it.</returns>
    public static string? Read(HttpContext context, RequestFields fields)
    {
        if (ReadRaw(context, fields) is not { } raw) return null;
        if (RequestText.Decode(raw, isForm: false, out var decoded) is not { } error) return decoded;
        fields.Refuse(Refusal.Invalid($"The topic in the path {error}"));
        return null;
    }

    /// <summary>Reads the rest of the path as it came on the wire.</summary>
    /// <param name="context">The request.</param>
    /// <param name="fields">Notes what is wrong with the path.</param>
    /// <returns>The rest, without the slash before it; null where the endpoint's pattern or the path ends before it.</returns>
    public static string? ReadRaw(HttpContext context, RequestFields fields)
    {
        if (context.GetEndpoint() is not RouteEndpoint endpoint || endpoint.RoutePattern.Parameters is not [.., { IsCatchAll: true }]) return null;

        var target = context.Features.Get<IHttpRequestFeature>()?.RawTarget;
        var path = string.IsNullOrEmpty(target) ? Routed(context.Request).AsSpan() : PathOf(target);
        var rest = path;
        var routed = Routed(context.Request).AsSpan();
        var before = context.Request.PathBase.Value.AsSpan().Count('/') + endpoint.RoutePattern.PathSegments.Count - 1;
        for (var i = 0; i < before; i++)
        {
            if (TakeSegment(ref rest, out var segment) && TakeSegment(ref routed, out var expected) && IsSame(segment, expected)) continue;
            fields.Refuse(Refusal.Invalid("The path before the topic holds dot segments or was rewritten: write it plainly, so that the topic is unambiguous."));
            return null;
        }

        return rest.Length <= 1 ? null : rest[1..].ToString();
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
        RequestText.Decode(raw, isForm: false, out var decoded) is null && routed.Equals(decoded, StringComparison.Ordinal);
}
