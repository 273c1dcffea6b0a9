namespace Siar.AspNetCore;

/// <summary>
/// The topics and paths of subscriptions below the hub's path. Each part is percent-encoded once and whole, so that it is one segment:
/// all but what RFC 3986 calls unreserved.
/// </summary>
internal static class PresenceTopics
{
    public const string Segment = "/subscriptions";

    /// <summary>[1.0] <c>…/subscriptions/{match_type}/{match}/{subscriber}</c>.</summary>
    public static string OfV1(string hubPath, string matchType, string match, string subscriber) =>
        $"{hubPath}{Segment}/{Uri.EscapeDataString(matchType)}/{Uri.EscapeDataString(match)}/{Uri.EscapeDataString(subscriber)}";

    /// <summary>[0.x] <c>…/subscriptions/{topic}/{subscriber}</c>.</summary>
    public static string OfV0(string hubPath, string match, string subscriber) =>
        $"{hubPath}{Segment}/{Uri.EscapeDataString(match)}/{Uri.EscapeDataString(subscriber)}";
}
