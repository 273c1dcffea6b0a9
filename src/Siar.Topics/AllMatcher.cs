namespace Siar.Topics;

/// <summary>Means every topic.</summary>
internal sealed class AllMatcher() : Matcher(MatcherKind.All, "*")
{
    public override bool Matches(Topic topic) => true;
}
