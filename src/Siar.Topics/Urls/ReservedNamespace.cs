using System.Text;

namespace Siar.Topics.Urls;

/// <summary>
/// The topics that belong to a Mercure hub itself: everything at or below the hub's path, on whatever host, however it is spelled.
/// Publishers may not use them.
/// </summary>
internal static class ReservedNamespace
{
    /// <summary>Whether the topic, resolved against the hub's URL, lies in the namespace. What does not parse as a URL does not.</summary>
    public static bool Contains(string topic, Url hubUrl)
    {
        if (!Url.TryParse(topic, hubUrl, out var url)) return false;
        var path = DecodeUnreserved(url.Pathname);
        var reserved = DecodeUnreserved(hubUrl.Pathname);
        return path.StartsWith(reserved, StringComparison.Ordinal) && (path.Length == reserved.Length || path[reserved.Length] == '/');
    }

    /// <summary>Decodes the percent-encoded letters, digits, <c>-</c>, <c>.</c>, <c>_</c> and <c>~</c>: encoding those changes no meaning (RFC 3986, 2.3).</summary>
    private static string DecodeUnreserved(string path)
    {
        if (!path.Contains('%')) return path;
        var output = new StringBuilder(path.Length);
        for (var i = 0; i < path.Length; i++)
        {
            if (path[i] == '%' && i + 2 < path.Length && char.IsAsciiHexDigit(path[i + 1]) && char.IsAsciiHexDigit(path[i + 2]))
            {
                var octet = (char)Convert.FromHexString(path.AsSpan(i + 1, 2))[0];
                if (char.IsAsciiLetterOrDigit(octet) || octet is '-' or '.' or '_' or '~')
                {
                    output.Append(octet);
                    i += 2;
                    continue;
                }
            }

            output.Append(path[i]);
        }

        return output.ToString();
    }
}
