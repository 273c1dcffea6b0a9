using FsCheck;
using FsCheck.Fluent;
using Siar.TestKit;

namespace Siar.UrlPatterns.Tests.Urls;

public sealed class GeneratedUrlTests
{
    private static readonly Gen<string> Inputs = Gen.OneOf(
        Generated.AnyText(12),
        Generated.Text(
            10,
            "http", "https", "file", "foo", "urn", "web+x", ":", "/", "//", "\\", ".", "..", "%2e", "%", "%41", "@", "?", "#", "[", "]", "[::1]", "::", "a", "b.c", "1", "0x7f",
            "256", "80", "443", "C:", "C|", "xn--", "xn--caf-dma", "é", "e\u0301", "\u00df", "ｅ", "。", "\u200d", "\u05d0", "🚲", "\ud83d", " ", "\t", "\n", "\0", "^", "'", "\"", "localhost"));

    private static readonly string[] Bases =
        ["https://example.com/a/b?q#f", "http://u:p@h:8080/x/", "file:///C:/d/f", "file://h/s", "urn:isbn:1", "foo://h", "foo:/p//q", "foo:a b ?q"];

    private static readonly Gen<(string Input, string? Base)> References =
        from input in Inputs
        from baseUrl in Gen.Elements<string?>([null, .. Bases])
        select (input, baseUrl);

    [Fact]
    public void Any_text_parses_or_is_refused_but_never_throws() => Generated.Check(References, r => _ = Parse(r), 4_000);

    [Fact]
    public void What_was_parsed_parses_again_to_the_same() => Generated.Check(
        References,
        r =>
        {
            if (Parse(r) is not { } url) return;
            Url.TryParse(url.Href, null, out var again).ShouldBeTrue(url.Href);
            again!.Href.ShouldBe(url.Href);
            Url.TryParse(url.Href, Url.Parse(Bases[0]), out again).ShouldBeTrue();
            again!.Href.ShouldBe(url.Href);
            Url.Parse(url.HrefWithoutCredentials).HrefWithoutCredentials.ShouldBe(url.HrefWithoutCredentials);
        },
        4_000);

    [Fact]
    public void A_URL_is_printable_ASCII() => Generated.Check(
        References,
        r => Parse(r)?.Href.ShouldAllBe(c => c >= ' ' && c <= '~'),
        4_000);

    private static Url? Parse((string Input, string? Base) reference) =>
        Url.TryParse(reference.Input, reference.Base is null ? null : Url.Parse(reference.Base), out var url) ? url : null;
}
