namespace Siar.Storage.Nats;

/// <summary>How NATS servers are written: URLs with commas between; and how they are shown without secrets.</summary>
public static class NatsServers
{
    private const string Hidden = "***";
    private static readonly string[] Schemes = ["nats", "tls", "ws", "wss"];

    /// <summary>What is wrong with the way in which servers are written, in a sentence that repeats nothing secret; null where nothing is.</summary>
    /// <param name="servers">URLs such as <c>nats://user:password@n1:4222</c>, with commas between; the scheme may be left out.</param>
    public static string? Check(string servers)
    {
        var urls = servers.Split(',');
        return urls.All(u => TryParse(u, out var url) && Schemes.Contains(url.Scheme, StringComparer.Ordinal) && url.Host.Length > 0)
            ? null
            : "The NATS servers cannot be read: write nats://HOST:PORT, or tls://HOST:PORT, with commas between where there are several.";
    }

    /// <summary>The servers for a person to read: without passwords and tokens.</summary>
    public static string Redact(string servers) => string.Join(',', servers.Split(',').Select(RedactOne));

    /// <summary>The servers as the client wants them.</summary>
    internal static string Normalise(string servers) => string.Join(',', servers.Split(',').Select(u => Complete(u)));

    private static string RedactOne(string text)
    {
        if (!TryParse(text, out var url)) return Hidden;
        if (url.UserInfo.Length == 0) return Complete(text);
        var colon = url.UserInfo.IndexOf(':', StringComparison.Ordinal);

        // The rule (NATS): what stands alone before the @ is a token.
        var shown = colon < 0 ? Hidden : $"{url.UserInfo[..colon]}:{Hidden}";
        return $"{url.Scheme}://{shown}@{url.Host}{(url.Port >= 0 ? $":{url.Port}" : "")}";
    }

    private static bool TryParse(string text, out Uri url) => Uri.TryCreate(Complete(text), UriKind.Absolute, out url!);

    private static string Complete(string text) => text.Trim() is var url && url.Contains("://", StringComparison.Ordinal) ? url : $"nats://{url}";
}
