using System.Globalization;
using System.Text;

namespace Siar.UrlPatterns.Urls;

/// <summary>IP addresses as the URL standard reads and writes them (3.5 and 3.6).</summary>
internal static class IpAddress
{
    private const int Pieces = 8;

    /// <summary>Whether a domain ends in a number, so that it is an IPv4 address or no host.</summary>
    public static bool EndsInNumber(ReadOnlySpan<char> domain)
    {
        domain = WithoutLastDot(domain);
        var last = domain[(domain.LastIndexOf('.') + 1)..];
        return last.Length > 0 && (!last.ContainsAnyExceptInRange('0', '9') || ParseNumber(last) is not null);
    }

    /// <summary>
    /// The IPv4 address as four decimal parts, or null when the text is not one; in all the spellings that the web takes: fewer than four parts, octal and
    /// hexadecimal.
    /// </summary>
    public static string? NormalizeIpv4(ReadOnlySpan<char> domain)
    {
        domain = WithoutLastDot(domain);
        Span<ulong> numbers = stackalloc ulong[4];
        var count = 0;
        foreach (var range in domain.Split('.'))
        {
            if (count == 4 || ParseNumber(domain[range]) is not { } number) return null;
            numbers[count++] = number;
        }

        // The last part fills all the octets that are left.
        if (numbers[count - 1] >= 1UL << (8 * (5 - count))) return null;
        var address = numbers[count - 1];
        for (var i = 0; i < count - 1; i++)
        {
            if (numbers[i] > byte.MaxValue) return null;
            address |= numbers[i] << (8 * (3 - i));
        }

        return $"{address >> 24}.{(address >> 16) & 255}.{(address >> 8) & 255}.{address & 255}";
    }

    /// <summary>The IPv6 address as RFC 5952 writes it, or null when the text is not one. Zones are not taken.</summary>
    public static string? NormalizeIpv6(ReadOnlySpan<char> text)
    {
        Span<ushort> pieces = stackalloc ushort[Pieces];
        return ParseIpv6(text, pieces) ? Serialize(pieces) : null;
    }

    private static ReadOnlySpan<char> WithoutLastDot(ReadOnlySpan<char> domain) =>
        domain.Length > 1 && domain.EndsWith('.') ? domain[..^1] : domain;

    /// <summary>The number, with everything above 2^40 the same: too large.</summary>
    private static ulong? ParseNumber(ReadOnlySpan<char> part)
    {
        if (part.IsEmpty) return null;
        var radix = 10u;
        if (part.StartsWith("0x", StringComparison.OrdinalIgnoreCase))
        {
            part = part[2..];
            radix = 16;
        }
        else if (part.Length > 1 && part[0] == '0')
        {
            part = part[1..];
            radix = 8;
        }

        var value = 0UL;
        foreach (var c in part)
        {
            var digit = char.IsAsciiHexDigit(c) ? (uint)(char.IsAsciiDigit(c) ? c - '0' : (c | 0x20) - 'a' + 10) : uint.MaxValue;
            if (digit >= radix) return null;
            value = Math.Min((value * radix) + digit, 1UL << 40);
        }

        return value;
    }

    private static bool ParseIpv6(ReadOnlySpan<char> text, Span<ushort> pieces)
    {
        var count = 0;
        var compress = -1;
        var i = 0;
        if (text.StartsWith(':'))
        {
            if (!text.StartsWith("::", StringComparison.Ordinal)) return false;
            i = 2;
            compress = ++count;
        }

        while (i < text.Length)
        {
            if (count == Pieces) return false;
            if (text[i] == ':')
            {
                if (compress >= 0) return false;
                i++;
                compress = ++count;
                continue;
            }

            var start = i;
            var value = 0;
            while (i < text.Length && i - start < 4 && char.IsAsciiHexDigit(text[i])) value = (value << 4) | Hex(text[i++]);
            if (i < text.Length && text[i] == '.')
            {
                if (i == start || count > 6 || !ParseEmbeddedIpv4(text[start..], pieces.Slice(count, 2))) return false;
                count += 2;
                break;
            }

            if (i < text.Length && (text[i++] != ':' || i == text.Length)) return false;
            pieces[count++] = (ushort)value;
        }

        if (compress < 0) return count == Pieces;
        Expand(pieces, compress, count);
        return true;
    }

    /// <summary>Moves the pieces that were written after the compression to the end.</summary>
    private static void Expand(Span<ushort> pieces, int compress, int count)
    {
        var moved = count - compress;
        for (var to = Pieces - 1; to > 0 && moved > 0; to--, moved--)
        {
            var from = compress + moved - 1;
            (pieces[to], pieces[from]) = (pieces[from], pieces[to]);
        }
    }

    /// <summary>Four decimal octets, without leading zeros, to the end of the text.</summary>
    private static bool ParseEmbeddedIpv4(ReadOnlySpan<char> text, Span<ushort> pieces)
    {
        var seen = 0;
        foreach (var range in text.Split('.'))
        {
            var part = text[range];
            if (seen == 4 || part.Length is 0 or > 3 || part.ContainsAnyExceptInRange('0', '9') || (part.Length > 1 && part[0] == '0')) return false;
            var octet = int.Parse(part, NumberStyles.None, CultureInfo.InvariantCulture);
            if (octet > byte.MaxValue) return false;
            pieces[seen / 2] = (ushort)((pieces[seen / 2] << 8) | octet);
            seen++;
        }

        return seen == 4;
    }

    private static string Serialize(ReadOnlySpan<ushort> pieces)
    {
        var output = new StringBuilder();
        var (compress, length) = LongestZeros(pieces);
        for (var i = 0; i < Pieces; i++)
        {
            if (i == compress)
            {
                output.Append(i == 0 ? "::" : ":");
                i += length - 1;
                continue;
            }

            output.Append(pieces[i].ToString("x", CultureInfo.InvariantCulture));
            if (i < Pieces - 1) output.Append(':');
        }

        return output.ToString();
    }

    /// <summary>The first longest run of at least two zero pieces; it starts at -1 when there is none.</summary>
    private static (int Start, int Length) LongestZeros(ReadOnlySpan<ushort> pieces)
    {
        var (longest, longestLength) = (-1, 1);
        for (var i = 0; i < Pieces; i++)
        {
            var length = 0;
            while (i + length < Pieces && pieces[i + length] == 0) length++;
            if (length > longestLength) (longest, longestLength) = (i, length);
            i += length;
        }

        return (longest, longestLength);
    }

    private static int Hex(char c) => char.IsAsciiDigit(c) ? c - '0' : (c | 0x20) - 'a' + 10;
}
