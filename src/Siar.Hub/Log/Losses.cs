using System.Collections.Immutable;
using Siar.Topics;

namespace Siar.Hub;

/// <summary>What a log had lost, at a moment, of the events that some matchers mean. Immutable; asking costs a few comparisons.</summary>
/// <param name="Classes">The part of each retention class.</param>
public sealed record Losses(ImmutableArray<ClassLoss> Classes)
{
    /// <summary>Nothing was lost.</summary>
    public static Losses None { get; } = new([]);

    /// <summary>The highest position at which an event was lost that a reader with these grants may have; 0 where none was.</summary>
    public long Floor(MatcherSet grants) => FloorSince(None, grants);

    /// <summary>The same, but only of classes that have lost more since a moment.</summary>
    /// <param name="known">What had been lost at that moment, of the same matchers.</param>
    /// <param name="grants">Which private events the reader may have.</param>
    /// <param name="through">Where the reader looks up to this position only: what had been trimmed up to there had nothing left to lose.</param>
    internal long FloorSince(Losses known, MatcherSet grants, long through = long.MaxValue)
    {
        long floor = 0;
        foreach (var loss in Classes)
        {
            var before = known.Of(loss.Prefix);
            if (before.Trimmed >= through) continue;
            if (loss.Public > before.Public) floor = Math.Max(floor, loss.Public);
            if (loss.Private > before.Private && loss.Private > floor && loss.MayMeetPrivate(grants, Classes.Select(c => c.Prefix))) floor = loss.Private;
        }

        return floor;
    }

    /// <summary>The highest position trimmed of the class that a topic belongs to, whatever the topic of the event.</summary>
    internal long TrimmedOfClassOf(Topic topic) => Of(ClassOf(topic.Value, Classes.Select(c => c.Prefix))).Trimmed;

    internal ClassLoss Of(string prefix)
    {
        foreach (var loss in Classes)
        {
            if (loss.Prefix == prefix) return loss;
        }

        return new ClassLoss(prefix, 0, 0, 0, 0, PrivateOnly: false);
    }

    /// <summary>The class of a topic: the longest prefix wins.</summary>
    internal static string ClassOf(string topic, IEnumerable<string> prefixes)
    {
        var best = "";
        foreach (var prefix in prefixes)
        {
            if (prefix.Length > best.Length && topic.StartsWith(prefix, StringComparison.Ordinal)) best = prefix;
        }

        return best;
    }
}

/// <summary>One class's part of <see cref="Losses"/>.</summary>
/// <param name="Prefix">The class, by its prefix.</param>
/// <param name="Trimmed">The highest position trimmed of the class, whatever the topic; 0 for none.</param>
/// <param name="TrimmedAlternate">The same, of events with alternate topics.</param>
/// <param name="Public">The highest position trimmed of it that the matchers mean and everybody may have; 0 for none.</param>
/// <param name="Private">The same, of private events.</param>
/// <param name="PrivateOnly">Whether all its events are private.</param>
public readonly record struct ClassLoss(string Prefix, long Trimmed, long TrimmedAlternate, long Public, long Private, bool PrivateOnly)
{
    // Which topics a private event had besides is not remembered: with any grant it may have been readable. A class of private events only is met
    // by a grant on its topics, or on an alternate one.
    internal bool MayMeetPrivate(MatcherSet grants, IEnumerable<string> prefixes)
    {
        // No reader gets what hubs write for each other, whatever its grants.
        if (grants.Matchers.IsEmpty || Prefix == RevocationFact.Class.Prefix) return false;
        if (!PrivateOnly || TrimmedAlternate > 0) return true;
        foreach (var grant in grants.Matchers)
        {
            if (grant.Kind is not MatcherKind.Exact || Losses.ClassOf(grant.Value, prefixes) == Prefix) return true;
        }

        return false;
    }
}
