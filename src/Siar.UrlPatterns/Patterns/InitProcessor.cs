using Siar.UrlPatterns.Regexes;
using Siar.UrlPatterns.Urls;

namespace Siar.UrlPatterns.Patterns;

/// <summary>
/// Fills in from the base URL what an init leaves out, and normalises the rest (standard, 3.2). What is named in a more general component
/// is not inherited in a more specific one.
/// </summary>
internal static class InitProcessor
{
    /// <summary>Processes the init of a pattern: text from the base URL is escaped, the rest stays pattern text.</summary>
    public static UrlPatternInit ForPattern(UrlPatternInit init)
    {
        var result = new UrlPatternInit();
        var baseUrl = Inherit(init, result, PatternString.Escape);
        if (init.Protocol is { } protocol) result[Component.Protocol] = WithoutLast(protocol, ':');
        if (init.Pathname is { } pathname) result[Component.Pathname] = Resolve(pathname, baseUrl, IsAbsolutePattern, PatternString.Escape);
        if (init.Search is { } search) result[Component.Search] = WithoutFirst(search, '?');
        if (init.Hash is { } hash) result[Component.Hash] = WithoutFirst(hash, '#');
        foreach (var component in (ReadOnlySpan<Component>)[Component.Username, Component.Password, Component.Hostname, Component.Port])
        {
            result[component] = init[component] ?? result[component];
        }

        return result;
    }

    /// <summary>Processes the init of something to match: every component is normalised, and empty when it is not given.</summary>
    /// <exception cref="UrlPatternException">A component cannot stand in a URL.</exception>
    public static UrlPatternInit ForMatch(UrlPatternInit init)
    {
        var result = new UrlPatternInit();
        foreach (var component in Components.All) result[component] = "";
        var baseUrl = Inherit(init, result, text => text);
        if (baseUrl is not null)
        {
            // Credentials are inherited by what is matched, never by a pattern.
            if (init.HasNone(Component.Protocol, Component.Hostname, Component.Port, Component.Username))
            {
                result[Component.Username] = baseUrl.Username;
                if (init.Password is null) result[Component.Password] = baseUrl.Password;
            }
        }

        if (init.Protocol is { } protocol) result[Component.Protocol] = Canonical.Protocol(WithoutLast(protocol, ':'));
        if (init.Username is { } username) result[Component.Username] = Canonical.UserInfo(username);
        if (init.Password is { } password) result[Component.Password] = Canonical.UserInfo(password);
        if (init.Hostname is { } hostname) result[Component.Hostname] = Canonical.Hostname(hostname);
        if (init.Port is { } port) result[Component.Port] = Canonical.Port(port, result.Protocol!);
        if (init.Pathname is { } pathname)
        {
            var resolved = Resolve(pathname, baseUrl, path => path.StartsWith('/'), text => text);
            // Without a protocol the path is read as most are.
            var isList = result.Protocol!.Length == 0 || SpecialScheme.Contains(result.Protocol);
            result[Component.Pathname] = isList ? Canonical.Pathname(resolved) : Canonical.OpaquePathname(resolved);
        }

        if (init.Search is { } search) result[Component.Search] = Canonical.Search(WithoutFirst(search, '?'));
        if (init.Hash is { } hash) result[Component.Hash] = Canonical.Hash(WithoutFirst(hash, '#'));
        return result;
    }

    /// <summary>Takes from the base URL what is more general than anything the init names, and gives the base URL.</summary>
    private static Url? Inherit(UrlPatternInit init, UrlPatternInit result, Func<string, string> escape)
    {
        if (init.BaseUrl is null) return null;
        if (!Url.TryParse(init.BaseUrl, null, out var baseUrl)) throw new UrlPatternException($"the base '{UrlPatternException.Excerpt(init.BaseUrl)}' is no URL");
        ReadOnlySpan<(Component Component, string Value)> chain =
        [
            (Component.Protocol, baseUrl.Scheme),
            (Component.Hostname, baseUrl.Host ?? ""),
            (Component.Port, baseUrl.PortText),
            (Component.Pathname, baseUrl.Pathname),
            (Component.Search, baseUrl.Search ?? ""),
            (Component.Hash, baseUrl.Hash ?? ""),
        ];
        foreach (var (component, value) in chain)
        {
            if (init[component] is not null) break;
            result[component] = escape(value);
        }

        return baseUrl;
    }

    /// <summary>Puts a relative path behind the last slash of the base URL's.</summary>
    private static string Resolve(string pathname, Url? baseUrl, Func<string, bool> isAbsolute, Func<string, string> escape)
    {
        if (baseUrl is null || baseUrl.HasOpaquePath || isAbsolute(pathname)) return pathname;
        var basePath = escape(baseUrl.Pathname);
        return basePath[..(basePath.LastIndexOf('/') + 1)] + pathname;
    }

    private static bool IsAbsolutePattern(string pathname) =>
        pathname.StartsWith('/') || pathname.StartsWith("\\/", StringComparison.Ordinal) || pathname.StartsWith("{/", StringComparison.Ordinal);

    private static string WithoutFirst(string text, char c) => text.StartsWith(c) ? text[1..] : text;

    private static string WithoutLast(string text, char c) => text.EndsWith(c) ? text[..^1] : text;
}
