using System.Net;

namespace Siar.AspNetCore;

/// <summary>Tells names that can mean only this machine: <c>localhost</c> and what is below it (RFC 6761, 6.3), 127/8 and <c>[::1]</c>.</summary>
internal static class LoopbackHost
{
    public static bool IsLoopback(string host)
    {
        if (host.Equals("localhost", StringComparison.OrdinalIgnoreCase)) return true;
        if (host.EndsWith(".localhost", StringComparison.OrdinalIgnoreCase)) return true;
        if (host is "[::1]" or "::1") return true;

        return host.StartsWith("127.", StringComparison.Ordinal) && IsPlainAddress(host);
    }

    // Four plain decimal numbers: IPAddress alone would also take 0x7f.1 and 2130706433.
    private static bool IsPlainAddress(ReadOnlySpan<char> host)
    {
        Span<char> plain = stackalloc char[15];
        return host.Count('.') == 3 && IPAddress.TryParse(host, out var address) && address.TryFormat(plain, out var length) && host.SequenceEqual(plain[..length]);
    }
}
