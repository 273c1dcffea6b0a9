namespace Siar.UrlPatterns.Urls;

/// <summary>The schemes that the URL standard treats specially (4.2), with their default ports.</summary>
internal static class SpecialScheme
{
    public static IReadOnlyList<string> All { get; } = ["ftp", "file", "http", "https", "ws", "wss"];

    public static bool Contains(string scheme) => scheme is "https" or "http" or "ws" or "wss" or "ftp" or "file";

    public static int? DefaultPort(string scheme) => scheme switch
    {
        "https" or "wss" => 443,
        "http" or "ws" => 80,
        "ftp" => 21,
        _ => null,
    };
}
