using System.Buffers;
using System.Text;
using Siar.UrlPatterns;

namespace Siar.Topics;

/// <summary>
/// The topics that belong to a Mercure hub itself: everything at or below the hub's path, on whatever host, however it is spelled.
/// Publishers may not use them.
/// </summary>
internal static class ReservedNamespace
{
    // What a URL keeps as it is written: nothing of it is taken out, decoded, or ends the path.
    private static readonly SearchValues<char> Plain =
        SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~/:@!$&'()*+,;=");

    /// <summary>Whether the topic, resolved against the hub's URL, lies in the namespace. What does not parse as a URL does not.</summary>
    public static bool Contains(string topic, Url hubUrl) => !IsPlainlyElsewhere(topic, hubUrl.Pathname) && ContainsResolved(topic, hubUrl);

    /// <summary>
    /// Says of most topics, without resolving them, that they lie elsewhere. The last segment of the hub's path can only come from the topic: a relative
    /// reference takes the place of the base's own last segment (URL, "path state"), unless it is empty, or only a scheme.
    /// </summary>
    private static bool IsPlainlyElsewhere(string topic, string hubPath)
    {
        var last = hubPath.AsSpan(hubPath.LastIndexOf('/') + 1);
        return !last.IsEmpty && !last.Contains('%') && topic.Length > 0 && topic[^1] != ':'
            && !topic.AsSpan().ContainsAnyExcept(Plain) && !topic.AsSpan().Contains(last, StringComparison.Ordinal);
    }

    /// <summary>The same, of any topic, by resolving it.</summary>
    internal static bool ContainsResolved(string topic, Url hubUrl)
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
