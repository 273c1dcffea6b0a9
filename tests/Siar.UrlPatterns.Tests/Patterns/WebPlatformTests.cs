using System.Reflection;
using System.Text.Json;
using Siar.UrlPatterns.Patterns;

namespace Siar.UrlPatterns.Tests.Patterns;

public sealed class WebPlatformTests
{
    public static TheoryData<int, string> All
    {
        get
        {
            var rows = new TheoryData<int, string>();
            for (var i = 0; i < WebPlatformCase.Count; i++) rows.Add(i, WebPlatformCase.Describe(i));
            return rows;
        }
    }

    [Fact]
    public void All_of_the_standards_cases_are_here() => WebPlatformCase.Count.ShouldBe(352);

    [Theory]
    [MemberData(nameof(All))]
    public void The_pattern_does_what_the_web_platform_expects(int index, string _)
    {
        var test = WebPlatformCase.At(index);
        if (test.NeedsMissingConstructor)
        {
            test.ConstructorFails.ShouldBeTrue();
            TakesAlso(nameof(UrlPattern.TryCreate), typeof(UrlPatternInit), typeof(string)).ShouldBeFalse();
            return;
        }

        var pattern = test.Create(out var error);
        if (test.ConstructorFails)
        {
            pattern.ShouldBeNull();
            error.ShouldNotBeNullOrEmpty();
            return;
        }

        pattern.ShouldNotBeNull(error);
        foreach (var component in Components.All)
        {
            pattern[component].PatternText.ShouldBe(test.ExpectedText(component), component.ToString());
        }

        Matches(test, pattern);
    }

    private static void Matches(WebPlatformCase test, UrlPattern pattern)
    {
        if (test.MatchFails)
        {
            test.Inputs[0].ValueKind.ShouldBe(JsonValueKind.Object);
            TakesAlso(nameof(UrlPattern.IsMatch), typeof(UrlPatternInit), typeof(string)).ShouldBeFalse();
            return;
        }

        IsMatch(test, pattern).ShouldBe(test.ExpectedMatch is not null);
        if (test.ExpectedMatch is not { } expected) return;
        foreach (var component in Components.All)
        {
            // What is not told is empty, and matched the wildcard that stands for every component not given.
            var text = expected.TryGetProperty(WebPlatformCase.Name(component), out var match) ? match.GetProperty("input").GetString() : "";
            InputOf(test, component).ShouldBe(text, component.ToString());
            pattern[component].IsMatch(text!).ShouldBeTrue(component.ToString());
        }
    }

    private static bool IsMatch(WebPlatformCase test, UrlPattern pattern)
    {
        if (!test.IsOfText(out var input, out var baseUrl)) return pattern.IsMatch(WebPlatformCase.Init(test.Inputs.FirstOrDefault()));
        var matches = pattern.IsMatch(input, baseUrl);
        if (Parse(input, baseUrl) is { } url) pattern.IsMatch(url).ShouldBe(matches);
        return matches;
    }

    /// <summary>What is matched in a component.</summary>
    private static string InputOf(WebPlatformCase test, Component component) =>
        test.IsOfText(out var input, out var baseUrl)
            ? Parse(input, baseUrl)!.Text(component)
            : InitProcessor.ForMatch(WebPlatformCase.Init(test.Inputs.FirstOrDefault()))[component]!;

    private static Url? Parse(string input, string? baseUrl)
    {
        Url? parsedBase = null;
        if (baseUrl is not null && !Url.TryParse(baseUrl, null, out parsedBase)) return null;
        return Url.TryParse(input, parsedBase, out var url) ? url : null;
    }

    /// <summary>Whether a method takes both: where a browser throws for a base beside components, here there is nothing to call.</summary>
    private static bool TakesAlso(string method, params Type[] parameters) =>
        typeof(UrlPattern).GetMethods(BindingFlags.Public | BindingFlags.Static | BindingFlags.Instance)
            .Where(m => m.Name == method)
            .Any(m => m.GetParameters().Select(p => p.ParameterType).Take(parameters.Length).SequenceEqual(parameters));
}
