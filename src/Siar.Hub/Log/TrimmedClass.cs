using Siar.Topics;

namespace Siar.Hub;

/// <summary>One class's part of a <see cref="TrimState"/>. Immutable.</summary>
/// <param name="Prefix">The class, by its prefix.</param>
/// <param name="Position">The highest position trimmed of it; 0 for none.</param>
/// <param name="AlternatePosition">The same, of events with alternate topics: those a reader of another class's topic may have met.</param>
/// <param name="Floor">A topic of the class of which nothing is remembered counts as trimmed up to here, never as untrimmed.</param>
/// <param name="AlternateFloor">The same, for a topic of another class, which an event of this class may have had as an alternate.</param>
/// <param name="PrivateOnly">Whether all its events are private.</param>
public readonly record struct TrimmedClass(string Prefix, long Position, long AlternatePosition, long Floor, long AlternateFloor, bool PrivateOnly)
{
    /// <summary>The topics that were trimmed, as they stood at the moment.</summary>
    internal TrimmedTopics.View Topics { get; init; }

    internal ClassLoss LookUp(List<Topic> topics, Func<Topic, bool> isOfClass)
    {
        if (Position == 0) return Loss(0, 0);
        long open = 0;
        long hidden = 0;
        foreach (var topic in topics)
        {
            var floor = isOfClass(topic) ? Floor : AlternateFloor;
            open = Math.Max(open, Topics.Find(topic, isPrivate: false, Position) ?? (PrivateOnly ? 0 : floor));
            hidden = Math.Max(hidden, Topics.Find(topic, isPrivate: true, Position) ?? floor);
        }

        return Loss(open, hidden);
    }

    internal ClassLoss LookThrough(MatcherSet matchers, ClassLoss known)
    {
        if (Position == 0) return Loss(0, 0);

        // Among topics of which nothing is remembered there may always be one that a pattern means.
        var floor = Math.Max(Floor, AlternateFloor);
        var (open, hidden) = Topics.Newest(matchers, known.Trimmed);
        return Loss(Math.Max(open, Math.Max(known.Public, PrivateOnly ? 0 : floor)), Math.Max(hidden, Math.Max(known.Private, floor)));
    }

    private ClassLoss Loss(long open, long hidden) => new(Prefix, Position, AlternatePosition, open, hidden, PrivateOnly);
}
