using Siar.UrlPatterns;

namespace Siar.Topics;

/// <summary>Means the topics that a URI Template matches, and the topic that is the template's own text.</summary>
internal sealed class UriTemplateMatcher(string value, UriTemplate template) : Matcher(MatcherKind.UriTemplate, value)
{
    private readonly UriTemplate _template = template;

    internal override string LiteralPrefix => _template.LiteralPrefix;

    // The rule (Mercure 0.x): equality is tried first, then the template.
    public override bool Matches(Topic topic) => topic.Value == Value || _template.IsMatch(topic.Value);
}
