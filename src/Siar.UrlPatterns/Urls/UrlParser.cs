namespace Siar.UrlPatterns.Urls;

/// <summary>
/// The basic URL parser (URL standard, 4.4). The standard tells it as a state machine over code points; here each state takes its whole
/// stretch of the text at once. That is the same, since nothing but the first <c>#</c> opens the fragment and, before it, nothing but the first <c>?</c> the query.
/// </summary>
internal sealed partial class UrlParser
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
            Fragment = PercentEncoder.Encode(text[(hash + 1)..], PercentEncodeSet.Fragment);
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

    private string OpaquePath(ReadOnlySpan<char> text)
    {
        // A space that ends the path would be trimmed when the URL is parsed again without its query and fragment.
        var spaced = text.EndsWith(' ') && (RawQuery is not null || Fragment is not null);
        var path = PercentEncoder.Encode(spaced ? text[..^1] : text, PercentEncodeSet.C0Control);
        return spaced ? path + "%20" : path;
    }

    private bool SetQuery()
    {
        if (RawQuery is not null) Query = PercentEncoder.Encode(RawQuery, IsSpecial ? PercentEncodeSet.SpecialQuery : PercentEncodeSet.Query);
        return true;
    }
}
