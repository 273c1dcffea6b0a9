using Siar.UrlPatterns;

namespace Siar.Topics;

/// <summary>Means the topics that, as URLs from a base, a URL Pattern matches. A topic that is no URL is never meant.</summary>
internal sealed class UrlPatternMatcher(string value, Url? baseUrl, UrlPattern pattern) : Matcher(MatcherKind.UrlPattern, value)
{
    private readonly UrlPattern _pattern = pattern;

    internal override Url? Base { get; } = baseUrl;

    internal override string LiteralPrefix => _pattern.LiteralPrefix;

    public override bool Matches(Topic topic)
    {
        var urls = default(TopicUrls);
        return Matches(topic, ref urls);
    }

    public override bool Equals(Matcher? other) => base.Equals(other) && Equals(Base, other.Base);

    public override int GetHashCode() => HashCode.Combine(Value, Base);

    internal override bool Matches(Topic topic, ref TopicUrls urls) =>
        urls.Of(topic, Base) is { } url
        && url.HrefWithoutCredentials.StartsWith(LiteralPrefix, StringComparison.Ordinal)
        && _pattern.IsMatch(url);
}
