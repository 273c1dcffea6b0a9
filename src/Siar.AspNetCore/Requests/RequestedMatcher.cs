using Siar.Topics;

namespace Siar.AspNetCore;

/// <summary>One matcher of a subscriber, as the Mercure protocol tells of it.</summary>
/// <param name="MatchType">How the text is read.</param>
/// <param name="Match">The text, as the subscriber sent it.</param>
internal readonly record struct RequestedMatcher(string MatchType, string Match)
{
    public const string Exact = "exact";
    public const string UrlPattern = "urlpattern";

    /// <summary>What a template of 0.x is called in 1.0, which has no word for it but lets matcher types be added.</summary>
    public const string UriTemplate = "uritemplate";

    public static bool IsKnownType(string matchType) => matchType is Exact or UrlPattern or UriTemplate;

    public static RequestedMatcher OfSelector(Matcher matcher) => new(matcher.Kind is MatcherKind.UriTemplate ? UriTemplate : Exact, matcher.Value);
}
