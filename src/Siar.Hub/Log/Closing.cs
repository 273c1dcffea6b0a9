using Siar.Topics;

namespace Siar.Hub;

/// <summary>That a topic was closed: nothing is published on it any more.</summary>
/// <param name="Position">Where: the position of <see cref="Event.Closing"/>.</param>
/// <param name="Time">When.</param>
/// <param name="IsPrivate">Whether only readers with a grant on the topic may know.</param>
public readonly record struct Closing(long Position, DateTimeOffset Time, bool IsPrivate)
{
    /// <summary>Whether every topic that the matchers can mean is closed at a position, as far as a reader may know.</summary>
    /// <param name="log">Knows the closings.</param>
    /// <param name="matchers">What the reader asked for: with a pattern among it there may always be more.</param>
    /// <param name="grants">Which private events it may have.</param>
    /// <param name="through">The position.</param>
    internal static bool IsAll(IEventLog log, MatcherSet matchers, MatcherSet grants, long through)
    {
        var isAny = false;
        foreach (var matcher in matchers.Matchers)
        {
            if (matcher.Kind is not MatcherKind.Exact) return false;

            // Text that no topic can have: nothing will ever come of it.
            if (!Topic.TryCreate(matcher.Value, out var topic, out _)) continue;
            if (Find(log, topic, grants, through) is null) return false;
            isAny = true;
        }

        return isAny;
    }

    /// <summary>The closing of a topic at a position, as far as a reader may know; null while the topic is open.</summary>
    internal static Closing? Find(IEventLog log, Topic topic, MatcherSet grants, long through) =>
        log.FindClosing(topic) is { } closing && closing.Position <= through && (!closing.IsPrivate || grants.Matches(topic)) ? closing : null;
}
