using System.Diagnostics;

namespace Siar.Topics.Tests;

public class MatcherTests
{
    [Fact]
    public void A_template_longer_than_allowed_is_refused_with_both_numbers()
    {
        Matcher.TryCreateUriTemplate("/{a}" + new string('é', 2_046), out _, out _).ShouldBeTrue();

        Matcher.TryCreateUriTemplate("/{a}" + new string('é', 2_047), out _, out var error).ShouldBeFalse();

        error.ShouldBe("The URI Template has 4098 bytes and may have 4096: use a shorter one, or several.");
    }

    [Fact]
    public void The_bound_on_length_is_the_callers()
    {
        Matcher.TryCreateUriTemplate("/{a}", out _, out _, maxBytes: 4).ShouldBeTrue();
        Matcher.TryCreateUriTemplate("/{a}b", out _, out _, maxBytes: 4).ShouldBeFalse();
    }

    [Fact]
    public void A_selector_longer_than_a_template_may_be_means_itself()
    {
        var matcher = Matcher.FromSelector("/{a}b", maxBytes: 4);

        matcher.Kind.ShouldBe(MatcherKind.Exact);
        matcher.Matches(Topic.Parse("/{a}b")).ShouldBeTrue();
        matcher.Matches(Topic.Parse("/b")).ShouldBeFalse();
    }

    [Theory]
    [InlineData("*", MatcherKind.All)]
    [InlineData("/{a}", MatcherKind.UriTemplate)]
    [InlineData("/{a", MatcherKind.Exact)]
    [InlineData("/a", MatcherKind.Exact)]
    [InlineData("", MatcherKind.Exact)]
    [InlineData("a\nb", MatcherKind.Exact)]
    public void A_selector_becomes_the_matcher_that_it_reads_as(string selector, MatcherKind kind)
    {
        var matcher = Matcher.FromSelector(selector);

        matcher.Kind.ShouldBe(kind);
        matcher.Value.ShouldBe(selector);
    }

    [Fact]
    public void Matchers_of_the_same_text_read_in_another_way_differ()
    {
        var exact = Matcher.Exact(Topic.Parse("/{a}"));
        var template = Matcher.FromSelector("/{a}");

        template.ShouldNotBe(exact);
        template.ShouldBe(Matcher.FromSelector("/{a}"));
        template.GetHashCode().ShouldBe(Matcher.FromSelector("/{a}").GetHashCode());
        Matcher.FromSelector("*").ShouldBeSameAs(Matcher.All);
    }

    [Fact]
    public void URL_Patterns_of_different_bases_differ()
    {
        var one = Pattern("/a", "https://one.example/hub");

        one.ShouldBe(Pattern("/a", "HTTPS://one.example:443/hub"));
        one.GetHashCode().ShouldBe(Pattern("/a", "https://one.example/hub").GetHashCode());
        one.ShouldNotBe(Pattern("/a", "https://two.example/hub"));
        Pattern("https://one.example/a", null).ShouldNotBe(Pattern("https://one.example/a", "https://one.example/hub"));
    }

    [Fact]
    public void A_URL_Pattern_longer_than_allowed_is_refused_with_both_numbers()
    {
        Matcher.TryCreateUrlPattern("https://a.example/" + new string('a', 4_096), null, out _, out var error).ShouldBeFalse();

        error.ShouldBe("The URL Pattern has 4114 bytes and may have 4096: use a shorter one, or several.");
    }

    [Fact]
    public void A_base_that_is_no_URL_is_named()
    {
        Matcher.TryCreateUrlPattern("/a", "hub", out _, out var error).ShouldBeFalse();

        error!.ShouldStartWith("The base 'hub' ");
    }

    private static Matcher Pattern(string text, string? baseUrl) =>
        Matcher.TryCreateUrlPattern(text, baseUrl, out var matcher, out var error) ? matcher : throw new UnreachableException(error);
}
