using System.Buffers;
using Siar.UrlPatterns.Idna;

namespace Siar.UrlPatterns.Urls;

/// <summary>The host parser (URL standard, 3.5). Gives the host as text, serialised; null when it is none.</summary>
internal static class HostParser
{
    private static readonly SearchValues<char> ForbiddenInHost = SearchValues.Create("\0\t\n\r #/:<>?@[\\]^|");
    private static readonly SearchValues<char> ForbiddenInDomain = SearchValues.Create(
        "\0\u0001\u0002\u0003\u0004\u0005\u0006\u0007\b\t\n\v\f\r\u000e\u000f\u0010\u0011\u0012\u0013\u0014\u0015\u0016\u0017\u0018\u0019\u001a\u001b\u001c\u001d\u001e\u001f #%/:<>?@[\\]^|\u007f");

    public static string? Parse(ReadOnlySpan<char> input, bool isOpaque)
    {
        if (input.StartsWith('[')) return input.EndsWith(']') && Ipv6Address.TryParse(input[1..^1], out var address) ? $"[{address}]" : null;
        if (isOpaque) return input.ContainsAny(ForbiddenInHost) ? null : PercentEncoder.Encode(input, PercentEncodeSet.C0Control);
        var domain = DomainName.ToAscii(PercentEncoder.Decode(input));
        if (string.IsNullOrEmpty(domain) || domain.AsSpan().ContainsAny(ForbiddenInDomain)) return null;
        return Ipv4Address.EndsInNumber(domain) ? Ipv4Address.Normalize(domain) : domain;
    }
}
