using FsCheck.Fluent;
using Siar.TestKit;
using Siar.UrlPatterns.Idna;
using Siar.UrlPatterns.Urls;

namespace Siar.UrlPatterns.Tests.Idna;

public sealed class IdnaTests
{
    [Fact]
    public void A_label_in_Punycode_has_a_bound_for_the_work_grows_with_its_square()
    {
        var longest = Text(Punycode.MaxCodePoints);
        var encoded = ToAscii(longest + ".com");

        encoded.ShouldNotBeNull();
        ToAscii(encoded).ShouldBe(encoded);
        ToAscii(Text(Punycode.MaxCodePoints + 1)).ShouldBeNull();
        ToAscii($"xn--{new string('a', 4_000)}-{new string('z', 4_000)}").ShouldBeNull();
        ToAscii("xn--" + new string('a', 100_000)).ShouldBeNull();
        ToAscii(new string('a', 100_000)).ShouldNotBeNull();
    }

    [Fact]
    public void What_Punycode_encodes_it_decodes() => Generated.Check(
        Gen.Choose(1, 0x10FFFF).Where(c => c is < 0xD800 or > 0xDFFF).ListOf(20),
        codePoints =>
        {
            if (codePoints.Exists(c => c > '\x7f')) Punycode.Decode(Punycode.Encode(codePoints)).ShouldBe(codePoints);
        },
        3_000);

    [Fact]
    public void Any_text_decodes_or_does_not() =>
        Generated.Check(Generated.Text(12, "a", "z", "9", "-", "A", "zzzz", "99999999", "é", "\0"), text => _ = Punycode.Decode(text), 5_000);

    [Theory]
    [InlineData(new[] { 0x65, 0x323, 0x302 }, new[] { 0x1EC7 })]
    [InlineData(new[] { 0x65, 0x302, 0x323 }, new[] { 0x1EC7 })]
    [InlineData(new[] { 0xEA, 0x323 }, new[] { 0x1EC7 })]
    [InlineData(new[] { 0x1100, 0x1161, 0x11A8 }, new[] { 0xAC01 })]
    [InlineData(new[] { 0xAC00, 0x11A8 }, new[] { 0xAC01 })]
    [InlineData(new[] { 0xAC01, 0x11A8 }, new[] { 0xAC01, 0x11A8 })]
    [InlineData(new[] { 0x61, 0x62, 0x301 }, new[] { 0x61, 0x62, 0x301 })]
    [InlineData(new[] { 0x61, 0x5AE, 0x301 }, new[] { 0xE1, 0x5AE })]
    [InlineData(new[] { 0x61, 0x300, 0x301 }, new[] { 0xE0, 0x301 })]
    public void Text_is_composed_in_normal_order(int[] text, int[] composed) => IdnaMapping.Normalize(text).ShouldBe(composed);

    private static string? ToAscii(string domain) => HostParser.Parse(domain, isOpaque: false);

    private static string Text(int length) => string.Concat(Enumerable.Range(0, length).Select(i => (char)(0x4E00 + (37 * i))));
}
