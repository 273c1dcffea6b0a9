using FsCheck.Fluent;
using Siar.TestKit;

namespace Siar.UrlPatterns.Tests.Patterns;

public sealed class LiteralPrefixTests
{
    private const string Hub = "https://hub.example/.well-known/mercure";

    [Theory]
    [InlineData("https://example.com/books/:id", "https://example.com/books/")]
    [InlineData("https://example.com/books/:id?", "https://example.com/books")]
    [InlineData("https://example.com/books/:id+", "https://example.com/books/")]
    [InlineData("https://example.com/books/:id*", "https://example.com/books")]
    [InlineData("https://example.com/books/{x}+y", "https://example.com/books/x")]
    [InlineData("https://example.com/*", "https://example.com/")]
    [InlineData("https://example.com", "https://example.com")]
    [InlineData("https://example.com/a/../b/*", "https://example.com/b/")]
    [InlineData("https://EXAMPLE.com:8443/é", "https://example.com:8443/%C3%A9")]
    [InlineData("https://example.com:*/x", "https://example.com")]
    [InlineData("https://example.*/x", "https://example.")]
    [InlineData("https://*.example.com/x", "https://")]
    [InlineData("https://example.com/x?a=:b", "https://example.com/x?a=")]
    [InlineData("https://example.com/x?a#b", "https://example.com/x?a#b")]
    [InlineData("https://example.com/x#b", "https://example.com/x")]
    [InlineData("http{s}?://example.com/x", "")]
    [InlineData("*://example.com/x", "")]
    [InlineData("file:///a/*", "file:///a/")]
    [InlineData("urn\\:book\\::isbn", "urn:book:")]
    [InlineData("foo\\:/a/*", "foo:")]
    [InlineData("foo://h/a/*", "foo://h/a/")]
    [InlineData("foo://:h/a", "foo:")]
    [InlineData("/users/:id", "https://hub.example/users/")]
    public void The_prefix_is_as_long_as_the_fixed_text(string pattern, string prefix) => Create(pattern)!.LiteralPrefix.ShouldBe(prefix);

    [Fact]
    public void With_case_ignored_the_prefix_ends_before_the_paths_first_letter()
    {
        UrlPattern.TryCreate("https://EXAMPLE.com/12/Abc/:id", null, new UrlPatternOptions { IgnoreCase = true }, out var pattern, out _).ShouldBeTrue();
        pattern!.LiteralPrefix.ShouldBe("https://example.com/12/");
    }

    [Fact]
    public void No_URL_that_matches_begins_otherwise()
    {
        var patterns = Generated.Text(
            9, "https", "http", "foo", "urn", "http{s}?", ":", "://", "\\:", "/", "//", "*", ":a", ":b", "(x|y)", "?", "+", "{x}", "{/x}?", "x", "y", ".", "\\?", "#", "@", "u", "80", ":*", "h");
        var urls = Generated.Text(9, "https", "http", "foo", "urn", ":", "://", "/", "//", "x", "y", "xx", ".", "?", "#", "@", "u", "80", ":80", "h", "X");
        var pairs =
            from pattern in patterns
            from url in Gen.ArrayOf(urls, 8)
            from ignoreCase in Gen.Elements(true, false)
            select (pattern, url, ignoreCase);
        var matched = 0;

        Generated.Check(
            pairs,
            pair =>
            {
                if (!UrlPattern.TryCreate(pair.pattern, "foo://h/x", new UrlPatternOptions { IgnoreCase = pair.ignoreCase }, out var pattern, out _)) return;
                foreach (var text in pair.url)
                {
                    if (!Url.TryParse(text, Url.Parse("foo://h/x"), out var url) || !pattern.IsMatch(url)) continue;
                    if (pattern.LiteralPrefix.Length > 0) matched++;
                    url.HrefWithoutCredentials.ShouldStartWith(pattern.LiteralPrefix, Case.Sensitive);
                }
            },
            8_000);

        matched.ShouldBeGreaterThan(200);
    }

    private static UrlPattern? Create(string pattern) => UrlPattern.TryCreate(pattern, pattern.StartsWith('/') ? Hub : null, out var result, out _) ? result : null;
}
