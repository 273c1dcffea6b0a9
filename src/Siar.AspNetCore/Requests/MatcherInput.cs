using System.Collections.Immutable;
using System.Text;
using Siar.Hub;
using Siar.Topics;

namespace Siar.AspNetCore;

/// <summary>What a subscriber of the Mercure path asks for.</summary>
/// <param name="Set">What it asks for.</param>
/// <param name="List">The same as the protocol tells of it, one for each matcher.</param>
internal sealed record RequestedMatchers(MatcherSet Set, ImmutableArray<RequestedMatcher> List)
{
    public static RequestedMatchers None { get; } = new(MatcherSet.None, []);
}

/// <summary>Reads from a request which topics a subscriber asks for. What is wrong is noted on the fields.</summary>
internal static class MatcherInput
{
    /// <summary>[Mercure] A parameter that begins so is of 1.0.</summary>
    public const string MercurePrefix = "match";

    /// <summary>[Mercure] The parameter of 0.x.</summary>
    public const string MercureTopic = "topic";

    private const string Wildcard = "*";

    /// <summary>Reads topics, patterns and templates of the plain API.</summary>
    public static MatcherSet ReadPlain(string? topicInPath, RequestFields fields, string hubUrl, LimitOptions limits)
    {
        var found = new List<Matcher>();
        if (topicInPath is not null && ReadTopic(topicInPath, fields, limits) is { } inPath) found.Add(inPath);
        foreach (var topic in fields.All("topic"))
        {
            if (ReadTopic(topic, fields, limits) is { } matcher) found.Add(matcher);
        }

        foreach (var pattern in fields.All("pattern"))
        {
            if (Matcher.TryCreateUrlPattern(pattern, hubUrl, out var matcher, out var error, limits.PatternBytes)) found.Add(matcher);
            else fields.Refuse(Refusal.Invalid(error));
            if (fields.Refusal is not null) return MatcherSet.None;
        }

        foreach (var template in fields.All("template"))
        {
            if (Matcher.TryCreateUriTemplate(template, out var matcher, out var error, limits.PatternBytes)) found.Add(matcher);
            else fields.Refuse(Refusal.Invalid(error));
            if (fields.Refusal is not null) return MatcherSet.None;
        }

        if (found.Count == 0)
            fields.Refuse(Refusal.Invalid("The request names no topic: give one in the path (/events/TOPIC) or in the query (topic=, pattern= or template=)."));
        if (found.Count > limits.TopicsPerRequest)
            fields.Refuse(Refusal.TooLarge($"The request has {found.Count} topics and patterns; at most {limits.TopicsPerRequest} are taken."));
        return fields.Refusal is null ? MatcherSet.Of(found) : MatcherSet.None;
    }

    /// <summary>Reads one topic, or <c>*</c> for all of them.</summary>
    public static Matcher? ReadTopic(string text, RequestFields fields, LimitOptions limits)
    {
        if (text == Wildcard) return Matcher.All;
        if (Encoding.UTF8.GetByteCount(text) > limits.TopicBytes) fields.Refuse(Refusal.TooLarge($"A topic is longer than {limits.TopicBytes} bytes."));
        else if (!Topic.TryCreate(text, out var topic, out var error)) fields.Refuse(Refusal.Invalid(error));
        else if (RequestText.CheckProtocolString("topic", text) is { } wrong) fields.Refuse(Refusal.Invalid(wrong));
        else return Matcher.Exact(topic);
        return null;
    }

    /// <summary>Reads matchers of Mercure 1.0.</summary>
    public static RequestedMatchers ReadV1(RequestFields fields, string baseUrl, int most, LimitOptions limits)
    {
        var found = new List<(Matcher, RequestedMatcher)>();
        foreach (var (name, value) in fields.BeginningWith(MercurePrefix))
        {
            // Names are case-sensitive, and the rest of the prefix is reserved.
            var type = name switch { MercurePrefix or "match_exact" => RequestedMatcher.Exact, "match_urlpattern" => RequestedMatcher.UrlPattern, _ => null };
            if (type is null) fields.Refuse(Refusal.Invalid("unsupported matcher parameter: use match, match_exact or match_urlpattern"));
            else if (found.Count == most) fields.Refuse(Refusal.Invalid($"too many matchers: at most {most} are taken"));
            else if (ReadV1(type, value, baseUrl, limits) is { } matcher) found.Add((matcher, new(type, value)));
            else fields.Refuse(Refusal.Invalid("invalid topic matcher pattern"));
            if (fields.Refusal is not null) return RequestedMatchers.None;
        }

        if (found.Count == 0) fields.Refuse(Refusal.Invalid("missing \"match\" subscription parameter"));
        return Finish(found, fields, limits);
    }

    /// <summary>Reads topic selectors of Mercure 0.x.</summary>
    public static RequestedMatchers ReadV0(RequestFields fields, LimitOptions limits)
    {
        var found = new List<(Matcher, RequestedMatcher)>();
        foreach (var selector in fields.All(MercureTopic))
        {
            if (found.Count == limits.TopicsPerRequest)
            {
                fields.Refuse(Refusal.Invalid($"Exceeded limit of {limits.TopicsPerRequest} topics."));
                return RequestedMatchers.None;
            }

            var matcher = Matcher.FromSelector(selector, limits.PatternBytes);
            if (matcher.Kind is MatcherKind.Exact && !IsTopic(selector, limits))
            {
                fields.Refuse(Refusal.Invalid("Invalid \"topic\" parameter."));
                return RequestedMatchers.None;
            }

            found.Add((matcher, RequestedMatcher.OfSelector(matcher)));
        }

        if (found.Count == 0) fields.Refuse(Refusal.Invalid("Missing \"topic\" parameter."));
        return Finish(found, fields, limits);
    }

    private static Matcher? ReadV1(string type, string value, string baseUrl, LimitOptions limits)
    {
        if (Encoding.UTF8.GetByteCount(value) > limits.PatternBytes || RequestText.CheckProtocolString(type, value) is not null) return null;
        if (value == Wildcard) return Matcher.All;
        if (type == RequestedMatcher.Exact) return Topic.TryCreate(value, out var topic, out _) ? Matcher.Exact(topic) : null;
        return value.Length > 0 && Matcher.TryCreateUrlPattern(value, baseUrl, out var matcher, out _, limits.PatternBytes) ? matcher : null;
    }

    private static bool IsTopic(string text, LimitOptions limits) =>
        Encoding.UTF8.GetByteCount(text) <= limits.PatternBytes && Topic.TryCreate(text, out _, out _);

    private static RequestedMatchers Finish(List<(Matcher Matcher, RequestedMatcher Requested)> found, RequestFields fields, LimitOptions limits)
    {
        if (fields.Refusal is not null) return RequestedMatchers.None;
        var read = new RequestedMatchers(MatcherSet.Of(found.Select(f => f.Matcher)), [.. found.Select(f => f.Requested).Distinct()]);
        if (read.Set.DistinctPatternCount > limits.PatternsPerConnection)
            fields.Refuse(Refusal.Invalid($"too many patterns: at most {limits.PatternsPerConnection} are taken"));
        return read;
    }
}
