using System.Collections.Immutable;
using Siar.Topics;

namespace Siar.Hub;

/// <summary>The retention classes of a log, so that every log puts a topic into the same one. Immutable; may be used from any thread.</summary>
public sealed class RetentionPlan
{
    /// <summary>Makes a plan.</summary>
    /// <param name="limits">How much is kept of all topics that no class names.</param>
    /// <param name="classes">Sets of topics with limits of their own.</param>
    /// <exception cref="ArgumentException">Two classes have the same prefix, or one has none.</exception>
    public RetentionPlan(RetentionLimits limits, IEnumerable<RetentionClass> classes)
    {
        Classes = [.. classes.OrderByDescending(c => c.Prefix.Length), new RetentionClass("", limits)];
        if (Classes.DistinctBy(c => c.Prefix).Count() < Classes.Length)
            throw new ArgumentException("Two retention classes have the same prefix, or one has none: the topics without a class have limits of their own.");
    }

    private RetentionPlan(RetentionPlan like, ImmutableArray<RetentionClass> classes)
    {
        Classes = classes;
        (IdempotencyKeys, ClosedTopics, TrimmedTopics) = (like.IdempotencyKeys, like.ClosedTopics, like.TrimmedTopics);
    }

    /// <summary>
    /// The prefix of the class in which hubs keep who is refused (<see cref="IHub.RevokeAsync"/>). It is in every plan that is made of a hub's options; in no other, and a log without it
    /// takes no revocations.
    /// </summary>
    public static string RevocationsPrefix => RevocationFact.Class.Prefix;

    /// <summary>The plan that a hub's options ask for.</summary>
    public static RetentionPlan Of(HubOptions options) => new(options.Retention, [.. options.RetentionClasses, RevocationFact.Class])
    {
        IdempotencyKeys = options.Limits.IdempotencyKeys,
        ClosedTopics = options.Limits.ClosedTopics,
        TrimmedTopics = options.Limits.TrimmedTopics,
    };

    /// <summary>How many idempotency keys are known at once; beyond it the oldest are forgotten before their time. Default: 1,000,000.</summary>
    public int IdempotencyKeys { get; init; } = 1_000_000;

    /// <summary>How many closed topics are known at once; beyond it the oldest closings are forgotten. Default: 100,000.</summary>
    public int ClosedTopics { get; init; } = 100_000;

    /// <summary>
    /// Of how many topics of each class it is known up to where they were trimmed, and of no more than 128 times as many characters of topics and ids;
    /// beyond it the lowest are forgotten, and every topic of which nothing is known counts as trimmed up to there. Default: 100,000.
    /// </summary>
    public int TrimmedTopics { get; init; } = 100_000;

    /// <summary>The classes, the longest prefix first, and last the one with the empty prefix.</summary>
    public ImmutableArray<RetentionClass> Classes { get; }

    /// <summary>Whether a log is trimmed alike by both.</summary>
    public bool IsSameAs(RetentionPlan other) =>
        (IdempotencyKeys, ClosedTopics, TrimmedTopics) == (other.IdempotencyKeys, other.ClosedTopics, other.TrimmedTopics)
        && Classes.Length == other.Classes.Length && Classes.All(c => other.IndexOf(c.Prefix) is >= 0 and var i && other.Classes[i] == c);

    /// <summary>This plan with the limits of another one; null where the other has other classes, or knows another number of keys, closings and topics.</summary>
    public RetentionPlan? WithLimitsOf(RetentionPlan other)
    {
        var isAlike = (IdempotencyKeys, ClosedTopics, TrimmedTopics) == (other.IdempotencyKeys, other.ClosedTopics, other.TrimmedTopics)
            && Classes.Length == other.Classes.Length && Classes.All(c => other.IndexOf(c.Prefix) is >= 0 and var i && other.Classes[i].PrivateOnly == c.PrivateOnly);
        return isAlike ? new RetentionPlan(this, [.. Classes.Select(c => other.Classes[other.IndexOf(c.Prefix)])]) : null;
    }

    /// <summary>The class with a prefix, as an index into <see cref="Classes"/>; -1 where there is none.</summary>
    public int IndexOf(string prefix)
    {
        for (var i = 0; i < Classes.Length; i++)
        {
            if (Classes[i].Prefix == prefix) return i;
        }

        return -1;
    }

    /// <summary>The class of the events with a canonical topic, as an index into <see cref="Classes"/>: the longest prefix wins.</summary>
    public int IndexOf(Topic canonical)
    {
        var i = 0;
        while (!canonical.Value.StartsWith(Classes[i].Prefix, StringComparison.Ordinal)) i++;
        return i;
    }
}
