using Siar.UrlPatterns.Urls;

namespace Siar.UrlPatterns.Patterns;

/// <summary>
/// What the URLs that match a pattern begin with. It follows the URL serializer (URL standard, 4.5) for as long as the components' text is
/// fixed, and stops short wherever two URLs with the same components can be written in two ways.
/// </summary>
internal static class UrlPrefix
{
    public static string Of(UrlPattern pattern, bool ignoreCase)
    {
        var protocol = pattern[Component.Protocol];
        if (!protocol.IsLiteral) return "";
        var scheme = protocol.LiteralPrefix + ":";
        var hostname = pattern[Component.Hostname];
        if (hostname.LiteralPrefix.Length == 0 && !SpecialScheme.Contains(protocol.LiteralPrefix))
        {
            // There may be an empty host, or none and a path in segments, or none and an opaque path: only that begins without a slash.
            var path = Path(pattern, ignoreCase);
            return hostname.IsLiteral && path.Length > 0 && path[0] != '/' ? scheme + path : scheme;
        }

        var authority = $"{scheme}//{hostname.LiteralPrefix}";
        if (!hostname.IsLiteral) return authority;
        var port = pattern[Component.Port];
        if (!port.IsLiteral) return authority;
        if (port.LiteralPrefix.Length > 0) authority += ":" + port.LiteralPrefix;
        return authority + Path(pattern, ignoreCase);
    }

    private static string Path(UrlPattern pattern, bool ignoreCase)
    {
        var pathname = pattern[Component.Pathname];
        if (ignoreCase) return BeforeLetters(pathname.LiteralPrefix);
        if (!pathname.IsLiteral) return pathname.LiteralPrefix;
        var search = pattern[Component.Search];
        // An empty search may be written with a question mark or without.
        if (search.LiteralPrefix.Length == 0) return pathname.LiteralPrefix;
        var text = $"{pathname.LiteralPrefix}?{search.LiteralPrefix}";
        var hash = pattern[Component.Hash].LiteralPrefix;
        return search.IsLiteral && hash.Length > 0 ? $"{text}#{hash}" : text;
    }

    private static string BeforeLetters(string text)
    {
        var letter = text.AsSpan().IndexOfAnyInRange('A', 'z');
        return letter < 0 ? text : text[..letter];
    }
}
