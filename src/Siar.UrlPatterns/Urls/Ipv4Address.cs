namespace Siar.UrlPatterns.Urls;

/// <summary>IPv4 addresses in all the spellings that the web takes: fewer than four parts, octal and hexadecimal (URL standard, 3.5).</summary>
internal static class Ipv4Address
{
    public static bool EndsInNumber(ReadOnlySpan<char> domain)
    {
        domain = WithoutLastDot(domain);
        var last = domain[(domain.LastIndexOf('.') + 1)..];
        return last.Length > 0 && (!last.ContainsAnyExceptInRange('0', '9') || ParseNumber(last) is not null);
    }

    /// <summary>The address as four decimal parts, or null when the text is not one.</summary>
    public static string? Normalize(ReadOnlySpan<char> domain)
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
}
