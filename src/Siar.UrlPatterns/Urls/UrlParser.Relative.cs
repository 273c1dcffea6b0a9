namespace Siar.UrlPatterns.Urls;

/// <content>The relative states: what a reference without a scheme takes from its base.</content>
internal sealed partial class UrlParser
{
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

    /// <summary>A backslash is a slash in special URLs.</summary>
    private bool IsSlash(char c) => c == '/' || (c == '\\' && IsSpecial);
}
