using Siar.UrlPatterns;

namespace Siar.Topics;

/// <summary>Means the one topic with the same text. The text may be one that no topic can have: such a matcher means nothing.</summary>
internal sealed class ExactMatcher(string value) : Matcher(MatcherKind.Exact, value)
{
    public override bool Matches(Topic topic) => topic.Value == Value;
}

/// <summary>Means every topic.</summary>
internal sealed class AllMatcher() : Matcher(MatcherKind.All, "*")
{
    public override bool Matches(Topic topic) => true;
}

/// <summary>Means the topics that a URI Template matches, and the topic that is the template's own text.</summary>
internal sealed class UriTemplateMatcher(string value, UriTemplate template) : Matcher(MatcherKind.UriTemplate, value)
{
    private readonly UriTemplate _template = template;

    public override string LiteralPrefix => _template.LiteralPrefix;

    // The rule (Mercure 0.x): equality is tried first, then the template.
    public override bool Matches(Topic topic) => topic.Value == Value || _template.IsMatch(topic.Value);
}

/// <summary>Means the topics that, as URLs from a base, a URL Pattern matches. A topic that is no URL is never meant.</summary>
internal sealed class UrlPatternMatcher(string value, Url? baseUrl, UrlPattern pattern) : Matcher(MatcherKind.UrlPattern, value)
{
    private readonly UrlPattern _pattern = pattern;

    public override Url? Base { get; } = baseUrl;

    public override string LiteralPrefix => _pattern.LiteralPrefix;

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

/// <summary>
/// Means the topics that a pattern means and that lie within a set as well. Indexes and stores look such topics up as those of the pattern, and ask
/// <see cref="Matcher.Matches(Topic)"/> about each.
/// </summary>
internal sealed class WithinMatcher(Matcher pattern, MatcherSet within) : Matcher(KindOf(pattern), pattern.Value)
{
    private readonly Matcher _pattern = pattern;
    private readonly MatcherSet _within = within;

    public override Url? Base => _pattern.Base;

    public override string LiteralPrefix => _pattern.LiteralPrefix;

    public override bool Matches(Topic topic) => _pattern.Matches(topic) && _within.Matches(topic);

    public override bool Equals(Matcher? other) => other is WithinMatcher matcher && _pattern.Equals(matcher._pattern) && _within.Equals(matcher._within);

    public override int GetHashCode() => HashCode.Combine(_pattern, _within);

    internal override bool Matches(Topic topic, ref TopicUrls urls) => _pattern.Matches(topic, ref urls) && _within.Matches(topic);

    // Every topic within a set is not every topic: it is looked up by its text, from an empty beginning.
    private static MatcherKind KindOf(Matcher pattern) => pattern.Kind is MatcherKind.All ? MatcherKind.UriTemplate : pattern.Kind;
}

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
