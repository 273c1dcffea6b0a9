using System.Collections.Immutable;
using Siar.Topics;

namespace Siar.Hub;

/// <summary>What a subscriber wants and may have. Subscribers with equal interests share one group in their lane. Immutable.</summary>
/// <param name="Matchers">What they asked for.</param>
/// <param name="Grants">Which private events they may have.</param>
/// <param name="TakesSignals">Whether they are told that a topic is closed, which is an event in the log.</param>
internal sealed record Interest(MatcherSet Matchers, MatcherSet Grants, bool TakesSignals)
{
    /// <summary>The topics, where every matcher is exact; the default array where one is not. A matcher of text that no topic can have names none.</summary>
    public ImmutableArray<Topic> ExactTopics { get; } = Exact(Matchers);

    /// <summary>Whether the grants allow this event, which the matchers mean.</summary>
    public bool MayHave(LoggedEvent logged) => 
        (!logged.Content.IsPrivate || Grants.MatchesAny(logged.Content.Topics)) && (TakesSignals || !logged.Content.IsClosing);

    public bool Equals(Interest? other) => other is not null && Matchers.Equals(other.Matchers) && Grants.Equals(other.Grants) && TakesSignals == other.TakesSignals;

    public override int GetHashCode() => HashCode.Combine(Matchers, Grants, TakesSignals);

    private static ImmutableArray<Topic> Exact(MatcherSet matchers)
    {
        var topics = ImmutableArray.CreateBuilder<Topic>(matchers.Matchers.Length);
        foreach (var matcher in matchers.Matchers)
        {
            if (matcher.Kind is not MatcherKind.Exact) return default;
            if (Topic.TryCreate(matcher.Value, out var topic, out _)) topics.Add(topic);
        }

        return topics.DrainToImmutable();
    }
}
