using System.Diagnostics;
using System.Text;
using FsCheck;
using FsCheck.Fluent;
using Siar.TestKit;

namespace Siar.UrlPatterns.Tests.UriTemplates;

public sealed class UriTemplateTests
{
    private static readonly Gen<string> Variables = Gen.Elements("a", "a", "a", "b*", "c:3");

    private static readonly Gen<string> Expressions =
        from op in Gen.Elements("", "", "+", "#", ".", "/", ";", "?", "&")
        from variables in Generated.ListOf(Variables, 4)
        select $"{{{op}{string.Join(',', variables.DefaultIfEmpty("a"))}}}";

    private static readonly Gen<string> Parts = Gen.OneOf(
        Expressions,
        Expressions,
        Gen.Elements("a", "ab", "/", "/a", ".", "=", ",", "%41", "x;", "&", "?", "aaa", "é", "🌍"));

    private static readonly Gen<string> Templates = Generated.ListOf(Parts, 6).Select(string.Concat);

    private static readonly Gen<string> Texts =
        Generated.Text(12, "a", "b", "ab", "/", "//", ".", "=", ",", ";", "&", "?", "#", "%41", "%4", "%", "41", "a/", "x;", "aaa", "é", "🌍", " ", "a=b", "&k=v", "/a/b");

    [Fact]
    public void A_template_matches_what_the_rule_says() =>
        Generated.Check(
            from template in Templates
            from texts in Generated.ListOf(Texts, 8)
            select (template, texts),
            input =>
            {
                UriTemplate.TryParse(input.template, out var template, out var error).ShouldBeTrue(error);
                var oracle = TemplateOracle.Of(input.template);
                foreach (var text in input.texts) template!.IsMatch(text).ShouldBe(oracle.IsMatch(text), $"{input.template} and {text}");
            },
            count: 3_000);

    [Fact]
    public void A_template_matches_long_text_as_the_rule_says() =>
        Generated.Check(
            from template in Templates
            from text in Generated.Text(400, "a", "b", "/", ".", "=", ",", "&", "%41", "aaaaaaaaaaaa", "a/b/c/d/e/f/g")
            from cleaned in Gen.Elements(text, text.Replace("/", ""), text.Replace("=", "").Replace("&", "").Replace("/", ""))
            select (template, cleaned),
            input =>
            {
                UriTemplate.TryParse(input.template, out var template, out _).ShouldBeTrue();
                template!.IsMatch(input.cleaned).ShouldBe(TemplateOracle.Of(input.template).IsMatch(input.cleaned));
            },
            count: 1_000);

    [Fact]
    public void Every_match_begins_with_the_literal_prefix() =>
        Generated.Check(
            from template in Templates
            from text in Texts
            select (template, text),
            input =>
            {
                UriTemplate.TryParse(input.template, out var template, out _).ShouldBeTrue();
                if (template!.IsMatch(input.text)) input.text.ShouldStartWith(template.LiteralPrefix);
            },
            count: 2_000);

    [Fact]
    public void No_text_makes_the_parser_throw_and_every_fault_has_a_sentence() =>
        Generated.Check(
            Gen.OneOf(Generated.AnyText(12), Generated.Text(12, "{", "}", "a", "*", ":", "1", "0", ",", ".", "%", "41", "/", "?", "+", " ", "'")),
            text =>
            {
                if (!UriTemplate.TryParse(text, out _, out var error)) error.ShouldStartWith("The URI Template has ");
            },
            count: 2_000);

    [Fact]
    public void A_part_may_begin_at_any_place_of_a_long_text()
    {
        var template = Parse("{a}{/b}-{c}");
        for (var length = 0; length < 200; length++)
        {
            var text = new string('a', length);
            template.IsMatch($"{text}/b-c").ShouldBeTrue($"at {length}");
            template.IsMatch($"{text}//-c").ShouldBeFalse($"at {length}");
        }
    }

    [Fact]
    public void The_worst_template_ends_on_the_worst_text()
    {
        var template = Parse(string.Concat(Enumerable.Repeat("{a}a", 1_000)) + "{b}");
        var almost = new StringBuilder().Insert(0, "a", 4_000).Append('/').ToString();

        template.IsMatch(almost).ShouldBeFalse();
        template.IsMatch(almost.AsSpan()[..^1]).ShouldBeTrue();
    }

    [Fact]
    public void Matching_allocates_nothing()
    {
        var template = Parse("https://example.com/{a}/{b*}{?c,d}");
        var longText = "https://example.com/a/" + new string('b', 5_000);
        Count(template, longText);

        Allocations.OfCheapestRound(() =>
        {
            Count(template, longText);
            Count(template, "https://example.com/a/b?c=1");
        }).ShouldBe(0);
    }

    private static int Count(UriTemplate template, string text)
    {
        var matches = 0;
        for (var i = 0; i < 100; i++) matches += template.IsMatch(text) ? 1 : 0;
        return matches;
    }

    private static UriTemplate Parse(string text) =>
        UriTemplate.TryParse(text, out var template, out var error) ? template : throw new UnreachableException(error);
}
