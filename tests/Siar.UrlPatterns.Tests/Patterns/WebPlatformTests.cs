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
            TakesAlso(nameof(UrlPattern.Exec), typeof(UrlPatternInit), typeof(string)).ShouldBeFalse();
            return;
        }

        var result = Exec(test, pattern);
        if (test.ExpectedMatch is not { } expected)
        {
            result.ShouldBeNull();
            return;
        }

        result.ShouldNotBeNull();
        foreach (var component in Components.All) Compare(test, component, expected, result[component]);
    }

    private static UrlPatternResult? Exec(WebPlatformCase test, UrlPattern pattern)
    {
        if (test.Inputs is not [{ ValueKind: JsonValueKind.String } input, ..]) return pattern.Exec(WebPlatformCase.Init(test.Inputs.FirstOrDefault()));
        var baseUrl = test.Inputs is [_, { } second] ? second.GetString() : null;
        var result = pattern.Exec(input.GetString()!, baseUrl);
        if (Url.TryParse(input.GetString()!, baseUrl is null || !Url.TryParse(baseUrl, null, out var parsed) ? null : parsed, out var url))
        {
            pattern.IsMatch(url).ShouldBe(result is not null);
        }

        return result;
    }

    private static void Compare(WebPlatformCase test, Component component, JsonElement expected, ComponentResult actual)
    {
        var groups = new Dictionary<string, string?>();
        if (expected.TryGetProperty(WebPlatformCase.Name(component), out var match))
        {
            actual.Input.ShouldBe(match.GetProperty("input").GetString());
            foreach (var group in match.GetProperty("groups").EnumerateObject()) groups.Add(group.Name, group.Value.GetString());
        }
        else
        {
            // What is not told matched the wildcard that stands for every component not given.
            actual.Input.ShouldBe("");
            if (!test.IsExactlyEmpty(component)) groups.Add("0", "");
        }

        actual.Groups.OrderBy(g => g.Key).ShouldBe(groups.OrderBy(g => g.Key), component.ToString());
    }

    /// <summary>Whether a method takes both: where a browser throws for a base beside components, here there is nothing to call.</summary>
    private static bool TakesAlso(string method, params Type[] parameters) =>
        typeof(UrlPattern).GetMethods(BindingFlags.Public | BindingFlags.Static | BindingFlags.Instance)
            .Where(m => m.Name == method)
            .Any(m => m.GetParameters().Select(p => p.ParameterType).Take(parameters.Length).SequenceEqual(parameters));
}
