using Siar.Topics;
using Siar.Topics.Urls;

namespace Siar.AspNetCore;

/// <summary>
/// The topics of the hub's own events, at or below the Mercure path, on whatever host. They are refused from publishers on every door, or
/// the events that tell who is subscribed could be forged.
/// </summary>
internal static class ReservedTopics
{
    // The host does not matter to the rule, only the path does.
    private static readonly Url Anywhere = Parse("http://localhost" + HubUrl.Path);

    public static bool Contains(string topic) => ReservedNamespace.Contains(topic, Anywhere);

    private static Url Parse(string text) => Url.TryParse(text, null, out var url) ? url : throw new UriFormatException(text);
}
