namespace Siar.UrlPatterns.Urls;

/// <content>The authority, host, port and path start states.</content>
internal sealed partial class UrlParser
{
    private bool Authority(ReadOnlySpan<char> rest)
    {
        var end = IsSpecial ? rest.IndexOfAny('/', '\\') : rest.IndexOf('/');
        var authority = end < 0 ? rest : rest[..end];
        var at = authority.LastIndexOf('@');
        if (at >= 0)
        {
            Credentials(authority[..at]);
            authority = authority[(at + 1)..];
            // Credentials without a host.
            if (authority.IsEmpty) return false;
        }

        return HostAndPort(authority) && PathStart(end < 0 ? [] : rest[end..]);
    }

    private void Credentials(ReadOnlySpan<char> text)
    {
        var colon = text.IndexOf(':');
        Username = PercentEncoder.Encode(colon < 0 ? text : text[..colon], PercentEncodeSet.UserInfo);
        if (colon >= 0) Password = PercentEncoder.Encode(text[(colon + 1)..], PercentEncodeSet.UserInfo);
    }

    private bool HostAndPort(ReadOnlySpan<char> text)
    {
        var colon = UrlText.IndexOfColonOutsideBrackets(text);
        var host = colon < 0 ? text : text[..colon];
        if (host.IsEmpty && (IsSpecial || colon >= 0)) return false;
        Host = HostParser.Parse(host, isOpaque: !IsSpecial);
        if (Host is null) return false;
        if (colon < 0 || colon == text.Length - 1) return true;
        if (PortParser.Parse(text[(colon + 1)..]) is not { } port) return false;
        Port = port == SpecialScheme.DefaultPort(Scheme) ? null : port;
        return true;
    }

    private bool PathStart(ReadOnlySpan<char> rest)
    {
        // A special URL always has a path; another may have none.
        if (rest.IsEmpty && !IsSpecial) return true;
        _path.Append(rest.Length > 0 && IsSlash(rest[0]) ? rest[1..] : rest);
        return true;
    }
}
