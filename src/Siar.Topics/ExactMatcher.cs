namespace Siar.Topics;

/// <summary>Means the one topic with the same text. The text may be one that no topic can have: such a matcher means nothing.</summary>
internal sealed class ExactMatcher(string value) : Matcher(MatcherKind.Exact, value)
{
    public override bool Matches(Topic topic) => topic.Value == Value;
}
