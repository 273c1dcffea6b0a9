namespace Siar.UrlPatterns.Urls;

/// <summary>
/// The basic URL parser (URL standard, 4.4). The standard tells it as a state machine over code points; here each state takes its whole
/// stretch of the text at once. That is the same, since nothing but the first <c>#</c> opens the fragment and, before it, nothing but the first <c>?</c> the query.
/// </summary>
internal sealed class UrlParser
{
    private readonly string _body;
    private readonly Url? _base;
    private UrlPath _path = new("");
    private string? _opaquePath;

    public UrlParser(string input, Url? baseUrl)
    {
        _base = baseUrl;
        var text = UrlText.WithoutTabsAndNewlines(UrlText.TrimControlsAndSpaces(input));
        var hash = text.IndexOf('#');
        if (hash >= 0)
        {
            Fragment = PercentEncoding.Encode(text[(hash + 1)..], PercentEncodeSet.Fragment);
            text = text[..hash];
        }

        var mark = text.IndexOf('?');
        if (mark >= 0)
        {
            RawQuery = text[(mark + 1)..].ToString();
            text = text[..mark];
        }

        _body = text.ToString();
    }

    public string Scheme { get; private set; } = "";

    public string Username { get; private set; } = "";

    public string Password { get; private set; } = "";

    public string? Host { get; private set; }

    public int? Port { get; private set; }

    public string Path => _opaquePath ?? _path.ToString();

    public bool HasOpaquePath => _opaquePath is not null;

    public string? Query { get; private set; }

    public string? Fragment { get; }

    private string? RawQuery { get; }

    private bool IsSpecial => SpecialScheme.Contains(Scheme);

    private Url? FileBase => _base?.Scheme == "file" ? _base : null;

    /// <summary>Parses; false when the text is no URL.</summary>
    public bool Run()
    {
        var body = _body.AsSpan();
        var colon = SchemeLength(body);
        if (colon < 0) return NoScheme(body);
        SetScheme(_body[..colon].ToLowerInvariant());
        return AfterScheme(body[(colon + 1)..]) && SetQuery();
    }

    private void SetScheme(string scheme)
    {
        Scheme = scheme;
        _path = new UrlPath(scheme);
    }

    /// <summary>The place of the colon that ends the scheme, or -1.</summary>
    private static int SchemeLength(ReadOnlySpan<char> text)
    {
        if (text.IsEmpty || !char.IsAsciiLetter(text[0])) return -1;
        var i = 1;
        while (i < text.Length && (char.IsAsciiLetterOrDigit(text[i]) || text[i] is '+' or '-' or '.')) i++;
        return i < text.Length && text[i] == ':' ? i : -1;
    }

    private bool AfterScheme(ReadOnlySpan<char> rest)
    {
        if (Scheme == "file") return File(rest);
        var slashes = rest.StartsWith("//", StringComparison.Ordinal);
        if (IsSpecial)
        {
            // https:foo against a base of the same scheme is a relative reference.
            if (!slashes && _base?.Scheme == Scheme) return Relative(rest);
            return Authority(rest.TrimStart("/\\"));
        }

        if (slashes) return Authority(rest[2..]);
        if (rest.StartsWith('/')) _path.Append(rest[1..]);
        else _opaquePath = OpaquePath(rest);
        return true;
    }

    private bool NoScheme(ReadOnlySpan<char> body)
    {
        if (_base is null) return false;
        if (!_base.HasOpaquePath)
        {
            SetScheme(_base.Scheme);
            return (Scheme == "file" ? File(body) : Relative(body)) && SetQuery();
        }

        // Only a fragment can be resolved against an opaque path.
        if (body.Length > 0 || RawQuery is not null || Fragment is null) return false;
        SetScheme(_base.Scheme);
        _opaquePath = _base.Pathname;
        Query = _base.Search;
        return true;
    }

    private bool Relative(ReadOnlySpan<char> rest)
    {
        if (rest.IsEmpty)
        {
            TakeAuthority();
            _path.Set(_base!.Pathname);
            if (RawQuery is null) Query = _base.Search;
            return true;
        }

        if (!IsSlash(rest[0]))
        {
            TakeAuthority();
            _path.Set(_base!.Pathname);
            _path.Shorten();
            _path.Append(rest);
            return true;
        }

        rest = rest[1..];
        if (IsSpecial && rest.Length > 0 && IsSlash(rest[0])) return Authority(rest.TrimStart("/\\"));
        if (!IsSpecial && rest.StartsWith('/')) return Authority(rest[1..]);
        TakeAuthority();
        _path.Append(rest);
        return true;
    }

    private void TakeAuthority()
    {
        Username = _base!.Username;
        Password = _base.Password;
        Host = _base.Host;
        Port = _base.Port;
    }

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
        Username = PercentEncoding.Encode(colon < 0 ? text : text[..colon], PercentEncodeSet.UserInfo);
        if (colon >= 0) Password = PercentEncoding.Encode(text[(colon + 1)..], PercentEncodeSet.UserInfo);
    }

    private bool HostAndPort(ReadOnlySpan<char> text)
    {
        var colon = UrlText.IndexOfColonOutsideBrackets(text);
        var host = colon < 0 ? text : text[..colon];
        if (host.IsEmpty && (IsSpecial || colon >= 0)) return false;
        Host = HostParser.Parse(host, isOpaque: !IsSpecial);
        if (Host is null) return false;
        if (colon < 0 || colon == text.Length - 1) return true;
        if (UrlText.ParsePort(text[(colon + 1)..]) is not { } port) return false;
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

    private bool File(ReadOnlySpan<char> rest)
    {
        Host = "";
        if (rest.Length > 0 && IsSlash(rest[0])) return FileSlash(rest[1..]);
        if (FileBase is not { } fileBase)
        {
            _path.Append(rest);
            return true;
        }

        Host = fileBase.Host;
        if (rest.IsEmpty)
        {
            _path.Set(fileBase.Pathname);
            if (RawQuery is null) Query = fileBase.Search;
            return true;
        }

        if (!DriveLetter.Opens(rest))
        {
            _path.Set(fileBase.Pathname);
            _path.Shorten();
        }

        _path.Append(rest);
        return true;
    }

    private bool FileSlash(ReadOnlySpan<char> rest)
    {
        if (rest.Length > 0 && IsSlash(rest[0])) return FileHost(rest[1..]);
        if (FileBase is { } fileBase)
        {
            Host = fileBase.Host;
            var basePath = fileBase.Pathname.AsSpan();
            // /x against file:///C:/y stays on the drive.
            if (!DriveLetter.Opens(rest) && basePath.Length >= 3 && DriveLetter.IsNormalized(basePath[1..3]) && (basePath.Length == 3 || basePath[3] == '/'))
            {
                _path.Set(basePath[..3].ToString());
            }
        }

        _path.Append(rest);
        return true;
    }

    private bool FileHost(ReadOnlySpan<char> rest)
    {
        var end = rest.IndexOfAny('/', '\\');
        var host = end < 0 ? rest : rest[..end];
        if (DriveLetter.Is(host))
        {
            // file://C:/x names a drive, not a host.
            _path.Append(rest);
            return true;
        }

        if (host.Length > 0)
        {
            Host = HostParser.Parse(host, isOpaque: false);
            if (Host is null) return false;
            if (Host == "localhost") Host = "";
        }

        return PathStart(end < 0 ? [] : rest[end..]);
    }

    private string OpaquePath(ReadOnlySpan<char> text)
    {
        // A space that ends the path would be trimmed when the URL is parsed again without its query and fragment.
        var spaced = text.EndsWith(' ') && (RawQuery is not null || Fragment is not null);
        var path = PercentEncoding.Encode(spaced ? text[..^1] : text, PercentEncodeSet.C0Control);
        return spaced ? path + "%20" : path;
    }

    private bool SetQuery()
    {
        if (RawQuery is not null) Query = PercentEncoding.Encode(RawQuery, IsSpecial ? PercentEncodeSet.SpecialQuery : PercentEncodeSet.Query);
        return true;
    }

    /// <summary>A backslash is a slash in special URLs.</summary>
    private bool IsSlash(char c) => c == '/' || (c == '\\' && IsSpecial);
}
