namespace Siar.UrlPatterns.Urls;

/// <content>The file states, with their drive letters.</content>
internal sealed partial class UrlParser
{
    private Url? FileBase => _base?.Scheme == "file" ? _base : null;

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
}
