using Siar.Topics;
using Siar.UrlPatterns;

namespace Siar.Storage.Sqlite;

/// <summary>The URL by which URL Patterns find a topic: what their literal prefix is compared with.</summary>
internal static class TopicUrl
{
    /// <summary>The topic's canonical URL without credentials, where it is the same whatever the base; null for every other topic.</summary>
    public static string? Of(Topic topic) =>
        !DependsOnBase(topic.Value) && Url.TryParse(topic.Value, null, out var url) ? url.HrefWithoutCredentials : null;

    /// <summary>Whether a pattern may mean a topic that has no URL of its own.</summary>
    public static bool MayBeMeantWithoutUrl(Topic topic, Matcher pattern) => pattern.Base is not null || topic.Value.Contains(':');

    // The rule (URL standard, 4.4, scheme state): a special scheme without two slashes may go on from a base with the same scheme.
    private static bool DependsOnBase(string topic)
    {
        var colon = topic.IndexOf(':');
        return colon < 0 || (SpecialSchemeIsPossible(topic, colon) && !topic.AsSpan(colon + 1).StartsWith("//"));
    }

    // Tabs and line ends, which the URL parser drops, cannot stand in a topic; spaces before the scheme can.
    private static bool SpecialSchemeIsPossible(string topic, int colon) =>
        topic.AsSpan(0, colon).Trim().ToString().ToUpperInvariant() is "HTTP" or "HTTPS" or "WS" or "WSS" or "FTP" or "FILE";
}
