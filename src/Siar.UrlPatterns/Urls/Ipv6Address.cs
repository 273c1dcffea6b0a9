using System.Globalization;
using System.Text;

namespace Siar.UrlPatterns.Urls;

/// <summary>IPv6 addresses as the URL standard reads and writes them (3.5 and 3.6): no zone, RFC 5952 text.</summary>
internal static class Ipv6Address
{
    private const int Pieces = 8;

    public static bool TryParse(ReadOnlySpan<char> text, out string address)
    {
        Span<ushort> pieces = stackalloc ushort[Pieces];
        address = Parse(text, pieces) ? Serialize(pieces) : "";
        return address.Length > 0;
    }

    private static bool Parse(ReadOnlySpan<char> text, Span<ushort> pieces)
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
                if (i == start || count > 6 || !ParseIpv4(text[start..], pieces.Slice(count, 2))) return false;
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
    private static bool ParseIpv4(ReadOnlySpan<char> text, Span<ushort> pieces)
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
