using System.Buffers;
using System.Text;
using Siar.UrlPatterns.Idna;

namespace Siar.UrlPatterns.Urls;

/// <summary>The host parser (URL standard, 3.5).</summary>
internal static class HostParser
{
    private const string PunycodePrefix = "xn--";

    private static readonly SearchValues<char> ForbiddenInHost = SearchValues.Create("\0\t\n\r #/:<>?@[\\]^|");
    private static readonly SearchValues<char> ForbiddenInDomain = SearchValues.Create(
        "\0\u0001\u0002\u0003\u0004\u0005\u0006\u0007\b\t\n\v\f\r\u000e\u000f\u0010\u0011\u0012\u0013\u0014\u0015\u0016\u0017\u0018\u0019\u001a\u001b\u001c\u001d\u001e\u001f #%/:<>?@[\\]^|\u007f");

    /// <summary>The host as text, serialised; null when the text is no host.</summary>
    /// <param name="input">The text.</param>
    /// <param name="isOpaque">Whether the scheme is not special: then the host is neither a domain nor an IPv4 address.</param>
    public static string? Parse(ReadOnlySpan<char> input, bool isOpaque)
    {
        if (input.StartsWith('[')) return input.EndsWith(']') && IpAddress.NormalizeIpv6(input[1..^1]) is { } address ? $"[{address}]" : null;
        if (isOpaque) return input.ContainsAny(ForbiddenInHost) ? null : PercentEncoding.Encode(input, PercentEncodeSet.C0Control);
        var domain = ToAscii(PercentEncoding.Decode(input));
        if (string.IsNullOrEmpty(domain) || domain.AsSpan().ContainsAny(ForbiddenInDomain)) return null;
        return IpAddress.EndsInNumber(domain) ? IpAddress.NormalizeIpv4(domain) : domain;
    }

    /// <summary>
    /// The domain in lower case with every label in ASCII, or null when IDNA does not allow it (URL standard, 3.3): Unicode ToASCII of UTS #46, not
    /// transitional, without the hyphen, STD3 and length checks.
    /// </summary>
    private static string? ToAscii(string domain)
    {
        if (Ascii.IsValid(domain))
        {
            var lower = domain.ToLowerInvariant();
            if (!lower.Contains(PunycodePrefix, StringComparison.Ordinal) || !lower.Split('.').Any(l => l.StartsWith(PunycodePrefix, StringComparison.Ordinal))) return lower;
        }

        var labels = Labels(IdnaMapping.Map(domain));
        if (labels is null || !labels.TrueForAll(LabelRules.IsValid)) return null;
        if (labels.Exists(l => l.Count > Punycode.MaxCodePoints && NeedsPunycode(l))) return null;
        if (LabelRules.AnyIsRightToLeft(labels) && !labels.TrueForAll(LabelRules.MayStandBesideRightToLeft)) return null;
        return string.Join('.', labels.Select(Encode));
    }

    /// <summary>The labels, those in Punycode decoded; null when one is not Punycode, or is it without need.</summary>
    private static List<List<int>>? Labels(List<int> domain)
    {
        var labels = new List<List<int>>();
        for (var start = 0; start <= domain.Count;)
        {
            var dot = domain.IndexOf('.', start);
            var end = dot < 0 ? domain.Count : dot;
            var label = domain.GetRange(start, end - start);
            if (StartsWithPrefix(label))
            {
                label = Decode(label);
                if (label is null) return null;
            }

            labels.Add(label);
            start = end + 1;
        }

        return labels;
    }

    private static List<int>? Decode(List<int> label)
    {
        if (NeedsPunycode(label)) return null;
        var decoded = Punycode.Decode(string.Concat(label.Skip(PunycodePrefix.Length).Select(c => (char)c)));
        if (decoded is null || !NeedsPunycode(decoded) || StartsWithPrefix(decoded)) return null;
        return IdnaMapping.Normalize(decoded).SequenceEqual(decoded) ? decoded : null;
    }

    private static string Encode(List<int> label) =>
        NeedsPunycode(label) ? PunycodePrefix + Punycode.Encode(label) : string.Concat(label.Select(c => (char)c));

    private static bool NeedsPunycode(List<int> label) => label.Exists(c => c > '\x7f');

    private static bool StartsWithPrefix(List<int> label) => label.Count >= PunycodePrefix.Length && label[0] == 'x' && label[1] == 'n' && label[2] == '-' && label[3] == '-';
}
