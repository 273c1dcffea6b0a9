using System.Text.Json;
using Siar.TestKit;

namespace Siar.Topics.Tests;

public sealed class MatchingVectorTests
{
    private static readonly Dictionary<string, JsonElement> Cases = Vectors.Files("matching")
        .SelectMany(f => JsonSerializer.Deserialize<JsonElement[]>(File.ReadAllBytes(f))!.Select(c => ($"{Path.GetFileNameWithoutExtension(f)}: {c.GetProperty("name")}", c)))
        .ToDictionary(c => c.Item1, c => c.c);

    public static TheoryData<string> Names => [.. Cases.Keys];

    [Theory]
    [MemberData(nameof(Names))]
    public void The_matcher_means_the_topics_of_the_vector_and_no_other(string name)
    {
        var vector = Cases[name];

        var made = TryMake(vector, out var matcher, out var error);

        made.ShouldBe(!vector.TryGetProperty("valid", out _), error);
        error.ShouldBe(made ? null : error.ShouldNotBeNull());
        if (!made) return;
        foreach (var topic in Topics(vector, "means")) matcher!.Matches(topic).ShouldBeTrue($"{matcher} must mean {topic}");
        foreach (var topic in Topics(vector, "meansNot")) matcher!.Matches(topic).ShouldBeFalse($"{matcher} must not mean {topic}");
    }

    private static bool TryMake(JsonElement vector, out Matcher? matcher, out string? error)
    {
        error = null;
        matcher = null;
        if (Text(vector, "template") is { } template) return Matcher.TryCreateUriTemplate(template, out matcher, out error);
        if (Text(vector, "pattern") is { } pattern) return Matcher.TryCreateUrlPattern(pattern, Text(vector, "base"), out matcher, out error);
        matcher = Text(vector, "selector") is { } selector ? Matcher.FromSelector(selector) : Matcher.Exact(Topic.Parse(Text(vector, "exact")!));
        return true;
    }

    private static string? Text(JsonElement vector, string name) => vector.TryGetProperty(name, out var text) ? text.GetString() : null;

    private static IEnumerable<Topic> Topics(JsonElement vector, string name) =>
        vector.TryGetProperty(name, out var topics) ? topics.EnumerateArray().Select(t => Topic.Parse(t.GetString()!)) : [];
}
