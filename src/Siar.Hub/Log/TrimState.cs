using System.Collections.Immutable;
using Siar.Topics;

namespace Siar.Hub;

/// <summary>
/// Up to which position each class was trimmed, and each topic of it: the moment's truth about what a log no longer has. Immutable, and made
/// without copying what a <see cref="TrimRecord"/> holds; a log swaps it whole. May be used from any thread, and waits for nobody.
/// </summary>
/// <param name="Classes">Each class of the log, the one with the empty prefix among them.</param>
public sealed record TrimState(ImmutableArray<TrimmedClass> Classes)
{
    /// <summary>Nothing was trimmed.</summary>
    public static TrimState Nothing { get; } = new([]);

    /// <summary>The highest position that was trimmed of any class; 0 where none was. A reader whose cursor is not below it has lost nothing.</summary>
    public long Highest
    {
        get
        {
            long highest = 0;
            foreach (var trimmed in Classes) highest = Math.Max(highest, trimmed.Position);
            return highest;
        }
    }

    /// <summary>
    /// The highest position at which an event was trimmed that a reader may have; 0 where none was. A reader whose cursor is below it has a
    /// gap. Costs a look-up for each exact topic; with a pattern among the matchers it looks through the topics that were trimmed.
    /// </summary>
    /// <param name="matchers">What the reader asked for.</param>
    /// <param name="grants">Which private events it may have.</param>
    public long Floor(MatcherSet matchers, MatcherSet grants) => Of(matchers).Floor(grants);

    /// <summary>What was trimmed of the events that some matchers mean. Costs what <see cref="Floor"/> costs.</summary>
    public Losses Of(MatcherSet matchers) => Of(matchers, Losses.None);

    /// <summary>The same, where it is known what an earlier state of the same log says: of a pattern, only what was trimmed since is looked through.</summary>
    internal Losses Of(MatcherSet matchers, Losses known)
    {
        var topics = ExactTopics(matchers);
        var losses = ImmutableArray.CreateBuilder<ClassLoss>(Classes.Length);
        foreach (var trimmed in Classes)
        {
            losses.Add(topics is null ? trimmed.LookThrough(matchers, known.Of(trimmed.Prefix)) : trimmed.LookUp(topics, topic => ClassOf(topic) == trimmed.Prefix));
        }

        return new Losses(losses.MoveToImmutable());
    }

    /// <summary>Nothing of what some matchers mean, for a reader whose cursor is not below <see cref="Highest"/>.</summary>
    internal Losses OfNothing() => new([.. Classes.Select(c => new ClassLoss(c.Prefix, c.Position, c.AlternatePosition, 0, 0, c.PrivateOnly))]);

    /// <summary>A position that <see cref="Floor"/> is not above, found without looking topics through.</summary>
    internal long Bound(MatcherSet matchers, MatcherSet grants)
    {
        if (ExactTopics(matchers) is not null) return Floor(matchers, grants);
        long bound = 0;
        foreach (var loss in OfNothing().Classes)
        {
            if (!loss.PrivateOnly || loss.MayMeetPrivate(grants, Prefixes)) bound = Math.Max(bound, loss.Trimmed);
        }

        return bound;
    }

    private IEnumerable<string> Prefixes => Classes.Select(c => c.Prefix);

    private string ClassOf(Topic topic) => Losses.ClassOf(topic.Value, Prefixes);

    // Text that no topic can have means none. Null where a matcher is not exact.
    private static List<Topic>? ExactTopics(MatcherSet matchers)
    {
        var topics = new List<Topic>(matchers.Matchers.Length);
        foreach (var matcher in matchers.Matchers)
        {
            if (matcher.Kind is not MatcherKind.Exact) return null;
            if (Topic.TryCreate(matcher.Value, out var topic, out _)) topics.Add(topic);
        }

        return topics;
    }
}
