namespace Siar.UrlPatterns.Urls;

/// <summary>Reads a port (URL standard, the port state).</summary>
internal static class PortParser
{
    /// <summary>The number, when the text is ASCII digits up to 65535, leading zeros allowed; null otherwise.</summary>
    public static int? Parse(ReadOnlySpan<char> digits)
    {
        if (digits.IsEmpty) return null;
        var port = 0;
        foreach (var c in digits)
        {
            if (!char.IsAsciiDigit(c)) return null;
            port = (port * 10) + (c - '0');
            if (port > ushort.MaxValue) return null;
        }

        return port;
    }
}
