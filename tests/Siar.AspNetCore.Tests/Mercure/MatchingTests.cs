using System.Text.Json;
using Siar.Hub;
using Siar.TestKit;
using Siar.Topics;

namespace Siar.AspNetCore.Tests.Mercure;

/// <summary>Which topics a matcher means, over HTTP (1.3): the vectors that the matchers themselves are held to.</summary>
public sealed class MatchingTests
{
    [Fact]
    public async Task A_matcher_means_the_topics_of_the_vectors()
    {
        await using var hub = await TestHub.StartAsync(Keyring.Open());
        var checkedCases = 0;
        foreach (var each in Vectors.Files("matching").SelectMany(f => JsonDocument.Parse(File.ReadAllBytes(f)).RootElement.EnumerateArray()))
        {
            if (QueryOf(each) is not { } query || each.TryGetProperty("valid", out _)) continue;
            checkedCases++;
            using var reader = await hub.OpenAsync($"{query}&{(query.StartsWith("topic", StringComparison.Ordinal) ? "topic" : "match")}=the%20end");
            foreach (var topic in TopicsOf(each, "meansNot").Concat(TopicsOf(each, "means")))
            {
                if (topic != "*") await hub.Hub.PublishAsync(new Event(Topic.Parse(topic), topic));
            }

            await hub.Hub.PublishAsync("the end", "the end");
            foreach (var topic in TopicsOf(each, "means").Where(t => t != "*").Append("the end"))
                (await reader.NextAsync()).ShouldEndWith($"data: {topic}\n\n", Case.Sensitive, each.ToString());
        }

        checkedCases.ShouldBeGreaterThan(40);
    }

    // Those whose base is another, or none, cannot be asked for: a hub has one.
    private static string? QueryOf(JsonElement each)
    {
        if (each.TryGetProperty("exact", out var exact)) return "match=" + Uri.EscapeDataString(exact.GetString()!);
        if (each.TryGetProperty("template", out var template)) return "topic=" + Uri.EscapeDataString(template.GetString()!);
        if (each.TryGetProperty("selector", out var selector)) return Topic.TryCreate(selector.GetString()!, out _, out _) ? "topic=" + Uri.EscapeDataString(selector.GetString()!) : null;
        return each.TryGetProperty("base", out var baseUrl) && baseUrl.GetString() == Keyring.Resource
            ? "match_urlpattern=" + Uri.EscapeDataString(each.GetProperty("pattern").GetString()!)
            : null;
    }

    private static IEnumerable<string> TopicsOf(JsonElement each, string member) =>
        each.TryGetProperty(member, out var topics) ? topics.EnumerateArray().Select(t => t.GetString()!).Where(t => Topic.TryCreate(t, out _, out _)) : [];
}
