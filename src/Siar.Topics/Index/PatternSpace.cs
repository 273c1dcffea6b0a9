using Siar.UrlPatterns;

namespace Siar.Topics.Index;

/// <summary>The patterns that look at a topic in the same way, by their literal prefix: as its text, or as its URL from one base.</summary>
/// <param name="readsUrl">Whether they look at the URL.</param>
/// <param name="baseUrl">What relative topics resolve against.</param>
internal sealed class PatternSpace<T>(bool readsUrl, Url? baseUrl)
    where T : class
{
    private readonly PrefixTree<PatternEntry<T>> _byPrefix = new();

    public int Count { get; private set; }

    public void Add(PatternEntry<T> entry)
    {
        _byPrefix.Add(entry.Matcher.LiteralPrefix, entry);
        Count++;
    }

    public void Remove(PatternEntry<T> entry)
    {
        _byPrefix.Remove(entry.Matcher.LiteralPrefix, entry);
        Count--;
    }

    /// <summary>Appends the patterns whose literal prefix the topic has.</summary>
    public void AppendCandidates(Topic topic, ref TopicUrls urls, List<PatternEntry<T>> into)
    {
        var key = readsUrl ? urls.Of(topic, baseUrl)?.HrefWithoutCredentials : topic.Value;
        if (key is not null) _byPrefix.Find(key, into);
    }
}
