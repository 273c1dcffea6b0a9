using System.Globalization;
using Siar.UrlPatterns.Regexes;
using Siar.UrlPatterns.Urls;

namespace Siar.UrlPatterns.Patterns;

/// <summary>Normalises a component's text as the URL parser does, piece by piece (standard, 3.1). Refuses what no URL could hold.</summary>
internal static class Canonical
{
    public static string Protocol(string value)
    {
        if (value.Length == 0) return value;
        return Url.TryParse(value + "://dummy.invalid/", null, out var url)
            ? url.Scheme
            : throw new UrlPatternException($"'{UrlPatternException.Excerpt(value)}' cannot be part of a protocol");
    }

    public static string UserInfo(string value) => PercentEncoding.Encode(value, PercentEncodeSet.UserInfo);

    public static string Hostname(string value)
    {
        if (value.Length == 0) return value;
        // The hostname state: what no host can hold ends it.
        var text = UrlText.WithoutTabsAndNewlines(value);
        var end = text.IndexOfAny("/?#\\");
        var host = end < 0 ? text : text[..end];
        var parsed = host.IsEmpty || UrlText.IndexOfColonOutsideBrackets(host) >= 0 ? null : HostParser.Parse(host, isOpaque: false);
        return parsed ?? throw new UrlPatternException($"'{UrlPatternException.Excerpt(value)}' cannot be part of a host name");
    }

    public static string Ipv6Hostname(string value)
    {
        if (value.AsSpan().ContainsAnyExcept("0123456789ABCDEFabcdef[]:"))
        {
            throw new UrlPatternException($"'{UrlPatternException.Excerpt(value)}' cannot be part of an IPv6 address");
        }

        return value.ToLowerInvariant();
    }

    public static string Port(string value) => Port(value, "");

    /// <summary>The port, empty when it is the protocol's default.</summary>
    public static string Port(string value, string protocol)
    {
        if (value.Length == 0) return value;
        // The port state: digits, and nothing after them matters.
        var text = UrlText.WithoutTabsAndNewlines(value);
        var end = text.IndexOfAnyExceptInRange('0', '9');
        if (UrlText.ParsePort(end < 0 ? text : text[..end]) is not { } port)
        {
            throw new UrlPatternException($"'{UrlPatternException.Excerpt(value)}' is no port: write a number up to 65535");
        }

        return port == SpecialScheme.DefaultPort(protocol) ? "" : port.ToString(CultureInfo.InvariantCulture);
    }

    public static string Pathname(string value)
    {
        if (value.Length == 0) return value;
        // A piece without a slash gets one for the while, with a character that keeps a leading dot from reading as a segment.
        var path = new UrlPath("https");
        var text = UrlText.WithoutTabsAndNewlines(value);
        if (value[0] == '/')
        {
            path.Append(text[1..]);
            return path.ToString();
        }

        path.Append($"-{text}");
        return path.ToString()[Math.Min(2, path.ToString().Length)..];
    }

    public static string OpaquePathname(string value)
    {
        // The opaque path state: a query or a fragment ends it.
        var text = UrlText.WithoutTabsAndNewlines(value);
        var end = text.IndexOfAny('?', '#');
        if (end < 0) return PercentEncoding.Encode(text, PercentEncodeSet.C0Control);
        var spaced = end > 0 && text[end - 1] == ' ';
        var path = PercentEncoding.Encode(text[..(spaced ? end - 1 : end)], PercentEncodeSet.C0Control);
        return spaced ? path + "%20" : path;
    }

    public static string Search(string value) => PercentEncoding.Encode(UrlText.WithoutTabsAndNewlines(value), PercentEncodeSet.SpecialQuery);

    public static string Hash(string value) => PercentEncoding.Encode(UrlText.WithoutTabsAndNewlines(value), PercentEncodeSet.Fragment);
}
