using Siar.UrlPatterns;

namespace Siar.Topics;

/// <summary>Parses a topic once for all the URL Patterns with the same base that are asked about it one after the other.</summary>
internal struct TopicUrls
{
    private string? _topic;
    private Url? _base;
    private Url? _url;

    /// <summary>The topic as a URL; null when it is none.</summary>
    public Url? Of(Topic topic, Url? baseUrl)
    {
        if (ReferenceEquals(_topic, topic.Value) && Equals(_base, baseUrl)) return _url;
        _topic = topic.Value;
        _base = baseUrl;
        _url = Url.TryParse(topic.Value, baseUrl, out var url) ? url : null;
        return _url;
    }
}
