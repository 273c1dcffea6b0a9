using System.Text;
using Siar.Hub;
using Siar.Topics;

namespace Siar.AspNetCore;

/// <summary>Reads from path and query which topics a reader asks for.</summary>
internal static class MatcherReader
{
    public static Refusal? Read(string? topicInPath, QueryFields query, string? hubUrl, LimitOptions limits, out MatcherSet matchers)
    {
        matchers = MatcherSet.None;
        var found = new List<Matcher>();
        foreach (var topic in TopicsOf(topicInPath, query))
        {
            if (ReadTopic(topic, limits, out var matcher) is { } refusal) return refusal;
            found.Add(matcher!);
        }

        foreach (var pattern in query.All("pattern"))
        {
            if (!Matcher.TryCreateUrlPattern(pattern, hubUrl, out var matcher, out var error, limits.PatternBytes)) return Refusal.Invalid(error);
            found.Add(matcher);
        }

        foreach (var template in query.All("template"))
        {
            if (!Matcher.TryCreateUriTemplate(template, out var matcher, out var error, limits.PatternBytes)) return Refusal.Invalid(error);
            found.Add(matcher);
        }

        if (found.Count == 0)
            return Refusal.Invalid("The request names no topic: give one in the path (/events/TOPIC) or in the query (topic=, pattern= or template=).");
        if (found.Count > limits.TopicsPerRequest)
            return Refusal.TooLarge($"The request has {found.Count} topics and patterns; at most {limits.TopicsPerRequest} are taken.");
        matchers = MatcherSet.Of(found);
        return null;
    }

    public static IEnumerable<string> TopicsOf(string? topicInPath, QueryFields query) =>
        topicInPath is null ? query.All("topic") : query.All("topic").Prepend(topicInPath);

    /// <summary>Reads one topic, or <c>*</c> for all of them.</summary>
    public static Refusal? ReadTopic(string text, LimitOptions limits, out Matcher? matcher)
    {
        matcher = Matcher.All;
        if (text == "*") return null;
        if (Encoding.UTF8.GetByteCount(text) > limits.TopicBytes) return Refusal.TooLarge($"A topic is longer than {limits.TopicBytes} bytes.");
        if (!Topic.TryCreate(text, out var topic, out var error)) return Refusal.Invalid(error);
        if (ProtocolText.Check("topic", text) is { } wrong) return Refusal.Invalid(wrong);
        matcher = Matcher.Exact(topic);
        return null;
    }
}
