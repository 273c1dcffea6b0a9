using Siar.UrlPatterns.Patterns;

namespace Siar.UrlPatterns.Tests.Patterns;

/// <summary>Patterns that take a backtracking engine exponential time, or blow up one that compiles them to an automaton.</summary>
public sealed class HostilePatternTests
{
    private const int Length = 2_000;

    public static TheoryData<string, string> Slow => new()
    {
        { "/((?:a+)+)b", "a" },
        { "/((?:a|a)*)b", "a" },
        { "/((?:a|aa)+)b", "a" },
        { "/((?:a*)*)b", "a" },
        { "/((?:(?:a?)*)*)b", "a" },
        { "/((?:.*.*.*.*.*.*)=.*)", "x" },
        { "/(x*)*(x*)*(x*)*y", "x" },
        { "/*a*a*a*a*a*a*a*a*a*a*b", "a" },
        { "/:a*:b*:c*:d*:e*z", "q" },
        { "/((?:a?a?a?a?a?a?a?a?a?a?aaaaaaaaaa)+)b", "a" },
        { "/((?:[ab]*a[ab]{12})*)c", "ab" },
        { "/{:x(a*)a}+b", "a" },
        { "/((?:a{0,20}){0,20})b", "a" },
    };

    [Theory]
    [MemberData(nameof(Slow))]
    public void The_work_grows_with_the_length_and_no_faster(string text, string repeated)
    {
        var pathname = Create(text)[Component.Pathname];

        pathname.IsMatch(Path(repeated, Length), out var work).ShouldBeFalse();
        pathname.IsMatch(Path(repeated, 2 * Length), out var twice).ShouldBeFalse();

        work.ShouldBeGreaterThan(Length, "the whole text was to be read");
        twice.ShouldBeLessThan((long)(2.1 * work));
        work.ShouldBeLessThanOrEqualTo(4L * pathname.Size * (Length + 8));
    }

    [Theory]
    [InlineData("/(a{1000}{1000})")]
    [InlineData("/((?:a{1000}){1000})")]
    [InlineData("/((?:(?:(?:a{99}){99}){99}){99})")]
    [InlineData("/(a{2147483647})")]
    [InlineData("/(a{99999999999999999999})")]
    [InlineData("/(a{0,99999999999999999999})")]
    [InlineData("/((?:){2147483647})")]
    [InlineData("/((?:(?:(?:){9999}){9999}){9999})")]
    [InlineData("/((?:a*){9999})")]
    [InlineData("/(a{5000})/(b{5000})")]
    public void A_repeat_that_would_need_too_many_states_is_refused_before_they_are_made(string text)
    {
        UrlPattern.TryCreate(text, "https://h/", out _, out var error).ShouldBeFalse();
        error!.ShouldMatch("needs more than [0-9]+ states|nothing to repeat");
    }

    [Fact]
    public void Groups_may_not_nest_without_end()
    {
        UrlPattern.TryCreate($"/(a{Repeat("(?:", 1_000)}{Repeat(")", 1_000)})", "https://h/", out _, out var error).ShouldBeFalse();
        error!.ShouldContain("nests deeper");
        UrlPattern.TryCreate($"/({Repeat("[", 1_000)}{Repeat("]", 1_000)})", "https://h/", out _, out error).ShouldBeFalse();
        error!.ShouldContain("nests deeper");
    }

    [Fact]
    public void The_states_of_all_components_count_together()
    {
        var options = new UrlPatternOptions { MaxStates = 180 };
        UrlPattern.TryCreate("https://h/(a{90})", null, options, out var pattern, out _).ShouldBeTrue();
        pattern!.Size.ShouldBeLessThanOrEqualTo(180);
        UrlPattern.TryCreate("https://h/(a{90})#(b{90})", null, options, out _, out _).ShouldBeFalse();
    }

    [Fact]
    public void A_pattern_as_long_as_may_be_has_enough_states_when_it_repeats_without_counts()
    {
        foreach (var piece in (string[])["a", "*{}", "{a}?", "(.)", "([ab])", "(a|b)", "{a}*"])
        {
            var text = '/' + Repeat(piece, 4_000 / piece.Length);
            UrlPattern.TryCreate(text, "https://h/", out _, out var error).ShouldBeTrue($"{piece}: {error}");
        }
    }

    private static UrlPattern Create(string text) => UrlPattern.TryCreate(text, "https://h/", out var pattern, out var error) ? pattern : throw new FormatException(error);

    private static string Path(string repeated, int length) => '/' + Repeat(repeated, length / repeated.Length) + "!";

    private static string Repeat(string text, int times) => string.Concat(Enumerable.Repeat(text, times));
}
