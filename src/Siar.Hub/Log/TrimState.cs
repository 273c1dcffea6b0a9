using System.Collections.Immutable;
using Siar.Topics;

namespace Siar.Hub;

/// <summary>
/// Up to which position each class was trimmed: the moment's truth about what a log no longer has. Immutable; a log swaps it whole.
/// </summary>
/// <param name="Classes">Each class of the log, the one with the empty prefix among them.</param>
public sealed record TrimState(ImmutableArray<TrimmedClass> Classes)
{
    /// <summary>Nothing was trimmed.</summary>
    public static TrimState Nothing { get; } = new([]);

    /// <summary>
    /// The highest position at which an event that a reader may have may have been trimmed; 0 where none was. A reader whose cursor is
    /// below it has a gap.
    /// </summary>
    /// <param name="matchers">What the reader asked for.</param>
    /// <param name="grants">Which private events it may have.</param>
    public long Floor(MatcherSet matchers, MatcherSet grants) => FloorSince(Nothing, matchers, grants);

    /// <summary>The same, but only of classes that were trimmed further since a moment.</summary>
    /// <param name="known">What had been trimmed at that moment.</param>
    /// <param name="matchers">What the reader asked for.</param>
    /// <param name="grants">Which private events it may have.</param>
    /// <param name="through">Where the reader looks up to this position only: what had been trimmed up to there had nothing left to lose.</param>
    internal long FloorSince(TrimState known, MatcherSet matchers, MatcherSet grants, long through = long.MaxValue)
    {
        long floor = 0;
        foreach (var trimmed in Classes)
        {
            var position = FloorIn(trimmed, matchers);
            if (position <= floor || (trimmed.PrivateOnly && FloorIn(trimmed, grants) == 0)) continue;
            var before = known.Of(trimmed.Prefix);
            if (before.Position < through && position > known.FloorIn(before, matchers)) floor = position;
        }

        return floor;
    }

    /// <summary>The highest position trimmed of the class that a topic belongs to.</summary>
    internal long PositionOf(Topic topic) => Of(ClassOf(topic.Value)).Position;

    private TrimmedClass Of(string prefix)
    {
        foreach (var trimmed in Classes)
        {
            if (trimmed.Prefix == prefix) return trimmed;
        }

        return new TrimmedClass(prefix, 0, 0, PrivateOnly: false);
    }

    private long FloorIn(in TrimmedClass trimmed, MatcherSet matchers)
    {
        var alternatesOnly = false;
        foreach (var matcher in matchers.Matchers)
        {
            // A pattern may meet every class: a gap told in vain costs a refetch, one not told loses events.
            if (matcher.Kind is not MatcherKind.Exact || ClassOf(matcher.Value) == trimmed.Prefix) return trimmed.Position;
            alternatesOnly = true;
        }

        return alternatesOnly ? trimmed.AlternatePosition : 0;
    }

    private string ClassOf(string topic)
    {
        var best = "";
        foreach (var trimmed in Classes)
        {
            if (trimmed.Prefix.Length > best.Length && topic.StartsWith(trimmed.Prefix, StringComparison.Ordinal)) best = trimmed.Prefix;
        }

        return best;
    }
}

/// <summary>One class's part of a <see cref="TrimState"/>.</summary>
/// <param name="Prefix">The class, by its prefix.</param>
/// <param name="Position">The highest position trimmed of it; 0 for none.</param>
/// <param name="AlternatePosition">The same, of events with alternate topics: those a reader of another class's topic may have met.</param>
/// <param name="PrivateOnly">Whether all its events are private.</param>
public readonly record struct TrimmedClass(string Prefix, long Position, long AlternatePosition, bool PrivateOnly);
