using System.Collections.Immutable;
using System.Text;
using Siar.Hub;
using Siar.Topics;

namespace Siar.AspNetCore;

/// <summary>Reads from a subscriber's fields what it asks for, in either dialect.</summary>
/// <param name="Matchers">What it asks for.</param>
/// <param name="Subscriptions">The same as the protocol tells of it, one for each matcher.</param>
internal sealed record MercureMatchers(MatcherSet Matchers, ImmutableArray<MercureSubscription> Subscriptions)
{
    private const string Prefix = "match";
    private const string Topic = "topic";
    private const string Wildcard = "*";

    /// <summary>[Mercure] A parameter of the reserved prefix means 1.0; otherwise a topic means 0.x.</summary>
    public static RequestDialect DialectOf(FormFields fields) =>
        fields.BeginningWith(Prefix).Any() ? RequestDialect.V1 : fields.Has(Topic) ? RequestDialect.V0 : RequestDialect.Open;

    /// <summary>Reads matchers of 1.0.</summary>
    public static Refusal? ReadV1(FormFields fields, string baseUrl, int most, LimitOptions limits, out MercureMatchers? read)
    {
        read = null;
        var found = new List<(Matcher, MercureSubscription)>();
        foreach (var (name, value) in fields.BeginningWith(Prefix))
        {
            // Names are case-sensitive, and the rest of the prefix is reserved.
            var type = name switch { Prefix or "match_exact" => MercureSubscription.Exact, "match_urlpattern" => MercureSubscription.UrlPattern, _ => null };
            if (type is null) return Refusal.Invalid("unsupported matcher parameter: use match, match_exact or match_urlpattern");
            if (found.Count == most) return Refusal.Invalid($"too many matchers: at most {most} are taken");
            if (!TryRead(type, value, baseUrl, limits, out var matcher)) return Refusal.Invalid("invalid topic matcher pattern");
            found.Add((matcher!, new(type, value)));
        }

        return found.Count == 0 ? Refusal.Invalid("missing \"match\" subscription parameter") : Finish(found, limits, out read);
    }

    /// <summary>Reads topic selectors of 0.x.</summary>
    public static Refusal? ReadV0(FormFields fields, LimitOptions limits, out MercureMatchers? read)
    {
        read = null;
        var found = new List<(Matcher, MercureSubscription)>();
        foreach (var selector in fields.All(Topic))
        {
            if (found.Count == limits.TopicsPerRequest) return Refusal.Invalid($"Exceeded limit of {limits.TopicsPerRequest} topics.");
            var matcher = Matcher.FromSelector(selector, limits.PatternBytes);
            if (matcher.Kind is MatcherKind.Exact && !IsTopic(selector, limits)) return Refusal.Invalid("Invalid \"topic\" parameter.");
            found.Add((matcher, MercureSubscription.OfSelector(matcher)));
        }

        return found.Count == 0 ? Refusal.Invalid("Missing \"topic\" parameter.") : Finish(found, limits, out read);
    }

    private static bool TryRead(string type, string value, string baseUrl, LimitOptions limits, out Matcher? matcher)
    {
        matcher = null;
        if (Encoding.UTF8.GetByteCount(value) > limits.PatternBytes || ProtocolText.Check(type, value) is not null) return false;
        if (value == Wildcard) matcher = Matcher.All;
        else if (type == MercureSubscription.Exact) matcher = Siar.Topics.Topic.TryCreate(value, out var topic, out _) ? Matcher.Exact(topic) : null;
        else if (value.Length > 0) _ = Matcher.TryCreateUrlPattern(value, baseUrl, out matcher, out _, limits.PatternBytes);
        return matcher is not null;
    }

    private static bool IsTopic(string text, LimitOptions limits) =>
        Encoding.UTF8.GetByteCount(text) <= limits.PatternBytes && Siar.Topics.Topic.TryCreate(text, out _, out _);

    private static Refusal? Finish(List<(Matcher Matcher, MercureSubscription Subscription)> found, LimitOptions limits, out MercureMatchers? read)
    {
        read = new(MatcherSet.Of(found.Select(f => f.Matcher)), [.. found.Select(f => f.Subscription).Distinct()]);
        return read.Matchers.DistinctPatternCount > limits.PatternsPerConnection
            ? Refusal.Invalid($"too many patterns: at most {limits.PatternsPerConnection} are taken")
            : null;
    }
}
