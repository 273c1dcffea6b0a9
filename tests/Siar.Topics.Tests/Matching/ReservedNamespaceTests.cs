using Siar.TestKit;
using Siar.UrlPatterns;


namespace Siar.Topics.Tests;

public sealed class ReservedNamespaceTests
{
    private static readonly Url Hub = Url.Parse("https://example.com/.well-known/mercure");

    [Theory]
    [InlineData("https://example.com/.well-known/mercure")]
    [InlineData("http://other.example/.well-known/mercure/x")]
    [InlineData("/.well-known/mercure/subscriptions/foo")]
    [InlineData("mercure/subscriptions/foo")]
    [InlineData("https://example.com/.well-known/%6Dercure/subscriptions/foo")]
    [InlineData("/.well-known/me%72cure/x")]
    [InlineData(@"https://example.com\.well-known\mercure\subscriptions\x")]
    [InlineData("")]
    [InlineData("https://example.com/a/%2e%2e/.well-known/mercure")]
    [InlineData("/.well%2Dknown/mercure/")]
    [InlineData("#x")]
    public void The_hubs_own_path_and_what_lies_below_it_is_reserved(string topic) => ReservedNamespace.Contains(topic, Hub).ShouldBeTrue();

    [Theory]
    [InlineData("https://example.com/.well-known/mercureXXX")]
    [InlineData("https://example.com/.well-known/mercure-dashboard")]
    [InlineData("https://example.com/foo/.well-known/mercure/bar")]
    [InlineData("subscriptions/foo")]
    [InlineData("bar")]
    [InlineData("../mercure/x")]
    [InlineData("urn:example:mercure")]
    [InlineData("a topic with spaces")]
    [InlineData("/.well-known/%256Dercure")]
    [InlineData("/.well-known%2Fmercure")]
    [InlineData("https://exa mple.com/.well-known/mercure")]
    public void Everything_else_may_be_published(string topic) => ReservedNamespace.Contains(topic, Hub).ShouldBeFalse();

    [Fact]
    public void The_hubs_path_may_itself_be_percent_encoded() =>
        ReservedNamespace.Contains("/hub/x", Url.Parse("https://example.com/h%75b")).ShouldBeTrue();

    [Fact]
    public void What_is_told_at_once_is_what_resolving_tells()
    {
        Url[] hubs =
        [
            Hub, Url.Parse("http://localhost/mercure/mercure"), Url.Parse("https://example.com/"), Url.Parse("https://example.com/hub/"), Url.Parse("https://example.com/h%75b"),
        ];
        var reserved = 0;
        Generated.Check(
            Generated.Text(
                7, "mercure", "hub", ".well-known", "h", "/", "/", "//", "\\", ".", "..", "%2e", "%6D", "ercure", "http:", "https:", "https://example.com", "x:", ":", "@", "?", "#", " ", "\t", "a", "é", "[", "&", "~"),
            topic =>
            {
                foreach (var hub in hubs)
                {
                    var expected = ReservedNamespace.ContainsResolved(topic, hub);
                    ReservedNamespace.Contains(topic, hub).ShouldBe(expected, $"'{topic}' at {hub.Href}");
                    if (expected) reserved++;
                }
            },
            20_000);
        reserved.ShouldBeGreaterThan(500);
    }
}
