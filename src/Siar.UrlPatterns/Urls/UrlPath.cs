using System.Text;

namespace Siar.UrlPatterns.Urls;

/// <summary>
/// The path of a URL while it is parsed, kept as its text: every segment begins with a slash, so the standard's empty list is the
/// empty text and to shorten is to cut at the last slash.
/// </summary>
internal sealed class UrlPath(string scheme)
{
    private readonly StringBuilder _text = new();
    private readonly bool _special = SpecialScheme.Contains(scheme);
    private readonly bool _file = scheme == "file";

    public override string ToString() => _text.ToString();

    public void Set(string path) => _text.Clear().Append(path);

    /// <summary>The path state: everything up to the query or the fragment, without the slash that opens it.</summary>
    public void Append(ReadOnlySpan<char> input)
    {
        while (true)
        {
            var length = _special ? input.IndexOfAny('/', '\\') : input.IndexOf('/');
            var last = length < 0;
            AppendSegment(last ? input : input[..length], last);
            if (last) return;
            input = input[(length + 1)..];
        }
    }

    /// <summary>Removes the last segment, but not a drive letter that is the only one of a file URL.</summary>
    public void Shorten()
    {
        var text = _text.ToString();
        if (_file && text.Length == 3 && DriveLetter.IsNormalized(text.AsSpan(1))) return;
        if (text.Length > 0) _text.Length = text.LastIndexOf('/');
    }

    private void AppendSegment(ReadOnlySpan<char> segment, bool last)
    {
        if (IsDoubleDot(segment))
        {
            Shorten();
            // /usr/.. is /, not a lack of a path.
            if (last) _text.Append('/');
        }
        else if (IsSingleDot(segment))
        {
            if (last) _text.Append('/');
        }
        else if (_file && _text.Length == 0 && DriveLetter.Is(segment))
        {
            _text.Append('/').Append(segment[0]).Append(':');
        }
        else
        {
            _text.Append('/');
            PercentEncoding.AppendEncoded(_text, segment, PercentEncodeSet.Path);
        }
    }

    private static bool IsSingleDot(ReadOnlySpan<char> segment) => segment is "." || segment.Equals("%2e", StringComparison.OrdinalIgnoreCase);

    private static bool IsDoubleDot(ReadOnlySpan<char> segment) => segment.Length switch
    {
        2 => segment is "..",
        4 => (segment[0] == '.' && IsSingleDot(segment[1..])) || (segment[3] == '.' && IsSingleDot(segment[..3])),
        6 => IsSingleDot(segment[..3]) && IsSingleDot(segment[3..]),
        _ => false,
    };
}
