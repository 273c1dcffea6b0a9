using System.Collections.Immutable;
using Siar.Wire;

namespace Siar.Hub;

/// <summary>
/// What must be so of the canonical topic at the moment of publishing, for writers that must not race. It is about the events that the
/// log keeps, those included of which the topic is an alternate. Immutable.
/// </summary>
public sealed class PublishCondition
{
    private readonly ImmutableArray<EventId> _newest;
    private readonly bool _wantsNone;

    private PublishCondition(ImmutableArray<EventId> newest, bool wantsNone)
    {
        _newest = newest;
        _wantsNone = wantsNone;
    }

    /// <summary>The topic has no event.</summary>
    public static PublishCondition TopicIsEmpty { get; } = new([], wantsNone: true);

    /// <summary>The topic has an event, whichever.</summary>
    public static PublishCondition TopicHasEvents { get; } = new([], wantsNone: false);

    /// <summary>The topic's newest event has one of these ids.</summary>
    /// <exception cref="ArgumentException">There is no id.</exception>
    public static PublishCondition NewestIs(params ImmutableArray<EventId> ids) =>
        ids.IsDefaultOrEmpty ? throw new ArgumentException("Name the id that the newest event must have.", nameof(ids)) : new(ids, wantsNone: false);

    /// <summary>Whether it is so.</summary>
    /// <param name="newest">The id of the topic's newest event; null where it has none.</param>
    public bool IsMet(EventId? newest) => newest is { } id ? !_wantsNone && (_newest.IsEmpty || _newest.Contains(id)) : _wantsNone;
}
