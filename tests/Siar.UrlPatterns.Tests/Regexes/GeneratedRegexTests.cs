using System.Text.RegularExpressions;
using FsCheck;
using FsCheck.Fluent;
using Siar.TestKit;
using Siar.UrlPatterns.Regexes;

namespace Siar.UrlPatterns.Tests.Regexes;

public sealed class GeneratedRegexTests
{
    private static readonly Gen<string> Texts = Generated.Text(7, "a", "b", "c", "ab");

    [Fact]
    public void It_agrees_with_the_platforms_own_engine_where_both_speak_the_same_language()
    {
        var matched = 0;
        Generated.Check(
            Gen.Zip(Expression(3), Gen.ArrayOf(Texts, 10)),
            p =>
            {
                var mine = MatchCompiler.Compile(RegexParser.Parse(p.Item1, ignoreCase: false), 10_000);
                var theirs = new Regex($@"\A(?:{p.Item1})\z", RegexOptions.CultureInvariant | RegexOptions.NonBacktracking, TimeSpan.FromSeconds(10));
                foreach (var text in p.Item2)
                {
                    if (mine.IsMatch(text, 0, out _)) matched++;
                    mine.IsMatch(text, 0, out _).ShouldBe(theirs.IsMatch(text), $"/{p.Item1}/ on '{text}'");
                }
            },
            1_000);
        matched.ShouldBeGreaterThan(500);
    }

    [Fact]
    public void Any_text_is_parsed_or_refused() => Generated.Check(
        Generated.Text(
            12, "a", "\\", "[", "]", "^", "&&", "--", "-", "\\d", "\\q{", "}", "{", "(", "(?:", "(?i:", ")", "|", "*", "+", "?", "{2}", "{1,", "\\p{L}", "\\P{", "\\u", "\\u{61}", "\\x4", "$", "\\b", "1", ",", "=", "<"),
        regex =>
        {
            try
            {
                _ = RegexParser.Parse(regex, ignoreCase: true);
            }
            catch (UrlPatternException refusal)
            {
                refusal.Message.ShouldStartWith("the regular expression '");
            }
        },
        4_000);

    private static Gen<string> Expression(int depth)
    {
        var atom = Gen.Elements("a", "b", "c", "[ab]", "[^a]", ".", "", "ab", "\\bb", "a\\B");
        if (depth == 0) return atom;
        var inner = Expression(depth - 1);
        var group = inner.Select(e => $"(?:{e})");
        return Gen.OneOf(
            atom,
            Gen.Zip(inner, inner).Select(p => p.Item1 + p.Item2),
            Gen.Zip(inner, inner).Select(p => $"(?:{p.Item1}|{p.Item2})"),
            Gen.Zip(group, Gen.Elements("*", "+", "?", "*?", "+?", "??", "{2}", "{1,2}", "{0,3}?", "{2,}")).Select(p => p.Item1 + p.Item2));
    }
}
