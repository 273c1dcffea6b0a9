using Siar.UrlPatterns.Patterns;

namespace Siar.UrlPatterns.Tests.Patterns;

public sealed class UrlPatternTests
{
    private const string Hub = "https://hub.example/.well-known/mercure";

    [Theory]
    [InlineData("https://example.com/books/:id", "https://example.com/books/123")]
    [InlineData("https://example.com/books/:id", "https://EXAMPLE.com/books/123")]
    [InlineData("https://example.com/books/:id", "https://user@example.com/books/123?q#f")]
    [InlineData("https://example.com/*", "https://example.com/a/b/c")]
    [InlineData("/users/:uid/posts/:pid", "/users/1/posts/2")]
    [InlineData("/users/:uid/posts/:pid", "https://hub.example/users/1/posts/2")]
    [InlineData("/.well-known/mercure/subscriptions/exact/:match/:subscriber", "/.well-known/mercure/subscriptions/exact/foo/bar")]
    [InlineData("/.well-known/mercure/subscriptions/:match_type/foo%2Fbar{/:subscriber}?", "/.well-known/mercure/subscriptions/exact/foo%2Fbar")]
    [InlineData("/.well-known/mercure/subscriptions/:match_type/foo%2Fbar{/:subscriber}?", "/.well-known/mercure/subscriptions/exact/foo%2Fbar/me")]
    [InlineData("*://example.com/books/:id", "http://example.com/books/1")]
    [InlineData("http{s}?://*.example.com/*", "https://a.b.example.com/x")]
    [InlineData("subscriptions/:id", "subscriptions/1")]
    public void A_pattern_matches_the_topics_it_means(string pattern, string topic) => Create(pattern).IsMatch(Topic(topic)).ShouldBeTrue();

    [Theory]
    [InlineData("https://example.com/books/:id", "https://example.com/BOOKS/123")]
    [InlineData("https://example.com/books/:id", "https://example.com/authors/123")]
    [InlineData("https://example.com/books/:id", "https://example.com/books/1/2")]
    [InlineData("https://example.com/books/:id", "https://example.com:8443/books/1")]
    [InlineData("/users/:uid/posts/:pid", "/users/1/posts/")]
    [InlineData("/users/:uid", "https://example.com/users/1")]
    [InlineData("https://example.com/:id(\\d+)", "https://example.com/12\n")]
    [InlineData("https://example.com/:id(\\d+)", "https://example.com/12a")]
    [InlineData("https://*.example.com/", "https://example.com/")]
    public void A_pattern_matches_nothing_else(string pattern, string topic)
    {
        if (topic.EndsWith('\n')) topic = topic[..^1] + "%0A";
        Create(pattern).IsMatch(Topic(topic)).ShouldBeFalse();
    }

    [Theory]
    [InlineData("{unclosed", "a '}' should stand there is the end")]
    [InlineData("/(unclosed", "a '(' is not closed")]
    [InlineData("https://example.com/[(", "a '(' is not closed")]
    [InlineData("/(a(b))", "a capturing group")]
    [InlineData("/(?:a)", "a '(' is not closed")]
    [InlineData("/(é)", "not ASCII")]
    [InlineData("/()", "holds no regular expression")]
    [InlineData("/\\", "escapes nothing")]
    [InlineData("/:id/:id", "two groups are named 'id'")]
    [InlineData("/a}b", "nothing may stand there is '}'")]
    [InlineData("/(a(?=b))", "looks ahead or behind")]
    [InlineData("/(a(?<!b))", "looks ahead or behind")]
    [InlineData("/:x(a)(\\1)", "backreference")]
    [InlineData("/(a(?<n>b))", "named group")]
    [InlineData("/([z-a])", "runs backwards")]
    [InlineData("/(a{2,1})", "counts down")]
    [InlineData("/(\\p{Nope})", "unknown property 'Nope'")]
    [InlineData("https://exa mple.com/", "cannot be part of a host name")]
    [InlineData("https://example.com:99999/", "is no port")]
    public void A_malformed_pattern_is_refused_with_a_sentence(string pattern, string says)
    {
        UrlPattern.TryCreate(pattern, Hub, out var result, out var error).ShouldBeFalse();
        result.ShouldBeNull();
        error!.ShouldStartWith("The URL Pattern cannot be used: ");
        error.ShouldContain(says);
        error.ShouldEndWith(".");
    }

    [Fact]
    public void A_relative_pattern_needs_a_base()
    {
        UrlPattern.TryCreate("/x", null, out _, out var error).ShouldBeFalse();
        error!.ShouldContain("no base URL");
        UrlPattern.TryCreate("/x", "nowhere", out _, out error).ShouldBeFalse();
        error!.ShouldContain("'nowhere' is no URL");
    }

    [Fact]
    public void The_length_is_bounded_in_bytes_of_UTF8()
    {
        var four = new UrlPatternOptions { MaxBytes = 4 };
        UrlPattern.TryCreate("/:éa", Hub, four with { MaxBytes = 5 }, out _, out _).ShouldBeTrue();
        UrlPattern.TryCreate("/:éa", Hub, four, out _, out var error).ShouldBeFalse();
        error.ShouldBe("The URL Pattern cannot be used: it is 5 bytes long and may be 4 at most.");
        UrlPattern.TryCreate(new UrlPatternInit { Protocol = "a", Hash = "bcde" }, four, out _, out _).ShouldBeFalse();
        UrlPattern.TryCreate('/' + new string('a', 4_095), Hub, out _, out _).ShouldBeTrue();
        UrlPattern.TryCreate('/' + new string('a', 4_096), Hub, out _, out _).ShouldBeFalse();
    }

    [Fact]
    public void A_port_that_only_https_takes_for_granted_stays_in_other_patterns()
    {
        Create("http://example.com:443/").IsMatch(Url.Parse("http://example.com:443/")).ShouldBeTrue();
        Create("http://example.com:443/").IsMatch(Url.Parse("http://example.com/")).ShouldBeFalse();
        Create("https://example.com:443/").IsMatch(Url.Parse("https://example.com/")).ShouldBeTrue();
    }

    [Fact]
    public void A_URN_is_matched_by_a_pattern_without_a_base()
    {
        UrlPattern.TryCreate("urn\\:book\\::isbn(\\d+)", null, out var pattern, out _).ShouldBeTrue();
        pattern!.IsMatch(Url.Parse("urn:book:42")).ShouldBeTrue();
        pattern.IsMatch(Url.Parse("urn:book:x")).ShouldBeFalse();
        // The standard resolves a path without a leading slash against any base that has a path, whatever protocol the pattern names.
        Create("urn\\:book\\::isbn(\\d+)")[Component.Pathname].PatternText.ShouldBe("/.well-known/book\\::isbn(\\d+)");
    }

    [Fact]
    public void A_pattern_tells_its_components_in_normal_form()
    {
        var pattern = UrlPattern.Parse("https://:sub.example.com:443/books/(\\d+)/a?q=*#:x");

        pattern.Protocol.ShouldBe("https");
        pattern.Username.ShouldBe("*");
        pattern.Password.ShouldBe("*");
        pattern.Hostname.ShouldBe(":sub.example.com");
        pattern.Port.ShouldBe("");
        pattern.Pathname.ShouldBe("/books/(\\d+)/a");
        pattern.Search.ShouldBe("q=*");
        pattern.Hash.ShouldBe(":x");
        pattern.ToString().ShouldBe("https://:sub.example.com/books/(\\d+)/a?q=*#:x");
    }

    [Fact]
    public void Text_that_is_no_pattern_is_refused_with_a_sentence() =>
        Should.Throw<FormatException>(() => UrlPattern.Parse("/x")).Message.ShouldContain("no base URL");

    [Theory]
    [InlineData("https://h/:a(\\bfoo)", "https://h/foo")]
    [InlineData("https://h/x(\\Bfoo)", "https://h/xfoo")]
    [InlineData("https://h/{x}+y*z", "https://h/xxyz")]
    [InlineData("https://h/a:b-(c|d)", "https://h/aX-d")]
    public void What_stands_before_a_regular_expression_counts_for_its_edges(string pattern, string url) => UrlPattern.Parse(pattern).IsMatch(url).ShouldBeTrue();

    [Theory]
    [InlineData("https://h/x(\\bfoo)", "https://h/xfoo")]
    [InlineData("https://h/x(^foo)", "https://h/xfoo")]
    public void An_edge_that_is_none_is_not_taken_for_one(string pattern, string url) => UrlPattern.Parse(pattern).IsMatch(url).ShouldBeFalse();

    private static UrlPattern Create(string pattern) => UrlPattern.TryCreate(pattern, Hub, out var result, out var error) ? result : throw new FormatException(error);

    private static Url Topic(string topic) => Url.TryParse(topic, Url.Parse(Hub), out var url) ? url : throw new FormatException(topic);
}
