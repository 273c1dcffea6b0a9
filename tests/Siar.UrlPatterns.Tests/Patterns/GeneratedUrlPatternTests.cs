using FsCheck;
using FsCheck.Fluent;
using Siar.TestKit;
using Siar.UrlPatterns.Patterns;

namespace Siar.UrlPatterns.Tests.Patterns;

public sealed class GeneratedUrlPatternTests
{
    private static readonly Gen<string> Patterns = Gen.OneOf(
        Generated.AnyText(12),
        Generated.Text(
            12, "https", "http{s}?", "foo", "urn", ":", "://", "\\:", "\\", "/", "*", ":a", ":b", ":é", "(", ")", "(x)", "(x|y*)", "([^a])", "([x&&y])", "(?:", "{", "}", "?", "+",
            "[", "]", "[::1]", "{[", ".", "..", "é", "%", "%2e", " ", "\t", "#", "@", "80", "99999", "x", "y", "\ud83d", "\\d{2,3}", "$", "^", "|"));

    [Fact]
    public void Any_text_makes_a_pattern_or_a_sentence_and_never_throws() => Generated.Check(
        Gen.Zip(Patterns, Gen.Elements<string?>([null, "https://h/x/y?q#f", "urn:x:y", "nowhere"])),
        p =>
        {
            if (UrlPattern.TryCreate(p.Item1, p.Item2, out var pattern, out var error)) pattern.LiteralPrefix.ShouldNotBeNull();
            else error.ShouldEndWith(".");
        },
        4_000);

    [Fact]
    public void Any_components_make_a_pattern_or_a_sentence_and_match_or_do_not() => Generated.Check(
        Gen.Zip(Gen.ArrayOf(Gen.OneOf(Gen.Constant<string>(null!), Patterns), 9), Gen.ArrayOf(Gen.OneOf(Gen.Constant<string>(null!), Patterns), 9)),
        p =>
        {
            if (UrlPattern.TryCreate(Init(p.Item1), UrlPatternOptions.Default, out var pattern, out _)) _ = pattern.IsMatch(Init(p.Item2));
            UrlPattern.TryCreate(new UrlPatternInit(), UrlPatternOptions.Default, out var any, out _).ShouldBeTrue();
            _ = any!.IsMatch(Init(p.Item2));
        },
        2_000);

    [Fact]
    public void A_URL_matches_whether_it_comes_as_text_or_by_its_components()
    {
        var matched = 0;
        Generated.Check(
            Gen.Zip(Patterns, Gen.ArrayOf(Generated.Text(6, "x", "y", "/", ".", "..", "%2e", "?", "#", "a", "12", "é"), 6)),
            p =>
            {
                if (!UrlPattern.TryCreate(p.Item1, "https://h/", out var pattern, out _)) return;
                foreach (var text in p.Item2)
                {
                    if (!Url.TryParse(text, Url.Parse("https://h/"), out var url)) continue;
                    if (pattern.IsMatch(url)) matched++;
                    pattern.IsMatch(text, "https://h/").ShouldBe(pattern.IsMatch(url), url.Href);
                    Components.All.All(c => pattern[c].IsMatch(url.Text(c))).ShouldBe(pattern.IsMatch(url), url.Href);
                }
            },
            4_000);
        matched.ShouldBeGreaterThan(200);
    }

    [Fact]
    public void A_pattern_matches_the_URL_that_it_spells() => Generated.Check(
        Generated.Text(8, "x", "y", "/", ".", "..", "%2e", "?", "#", "+", "*", "(", ")", "{", "}", ":", "\\", "é", " ", "'", "|", "@", "&", "="),
        text =>
        {
            var url = Url.Parse("https://h.example/" + text);
            // The standard takes one question mark or hash sign away from what follows the first.
            if (url.Search?.StartsWith('?') == true || url.Hash?.StartsWith('#') == true) return;
            UrlPattern.TryCreate(PatternString.Escape(url.Href), null, out var pattern, out var error).ShouldBeTrue(error);
            pattern!.IsMatch(url).ShouldBeTrue(url.Href);
            url.Href.ShouldStartWith(pattern.LiteralPrefix, Case.Sensitive);
        },
        3_000);

    private static UrlPatternInit Init(string?[] values)
    {
        var init = new UrlPatternInit { BaseUrl = values[^1] };
        foreach (var component in Components.All) init[component] = values[(int)component];
        return init;
    }
}
