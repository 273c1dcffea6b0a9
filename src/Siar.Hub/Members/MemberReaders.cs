using System.Collections.Immutable;

namespace Siar.Hub;

/// <summary>
/// The readers of one other hub, as its words in the log tell of them. Complete where everything was heard: from the hub's first word on, or from a roster on. Guarded by the
/// directory's lock.
/// </summary>
internal sealed class MemberReaders
{
    private readonly Dictionary<Guid, ImmutableArray<PresenceSubscription>> _readers = [];
    private MemberReaders? _next;
    private long _number;
    private int _parts;

    /// <summary>Whether every reader of the hub is known.</summary>
    public bool IsComplete { get; private set; }

    /// <summary>The readers that are known.</summary>
    public IReadOnlyDictionary<Guid, ImmutableArray<PresenceSubscription>> Readers => _readers;

    /// <summary>The hub has told its first word: it has no readers yet.</summary>
    public void Begin()
    {
        _readers.Clear();
        _next = null;
        IsComplete = true;
    }

    /// <summary>Something was not heard, or not told.</summary>
    public void Miss()
    {
        _next = null;
        IsComplete = false;
    }

    /// <summary>A subscription is there.</summary>
    public void Add(Guid reader, PresenceSubscription subscription)
    {
        _next?.Add(reader, subscription);
        var list = _readers.GetValueOrDefault(reader, []);
        if (!list.Any(s => s.MatchType == subscription.MatchType && s.Match == subscription.Match)) _readers[reader] = list.Add(subscription);
    }

    /// <summary>A subscription is no more.</summary>
    public void Remove(Guid reader, PresenceSubscription subscription)
    {
        _next?.Remove(reader, subscription);
        if (!_readers.TryGetValue(reader, out var list)) return;
        list = list.RemoveAll(s => s.MatchType == subscription.MatchType && s.Match == subscription.Match);
        if (list.IsEmpty) _readers.Remove(reader);
        else _readers[reader] = list;
    }

    /// <summary>A part of a roster. With the last one, what is known is the roster, and what was told since its first part.</summary>
    public void Add(MemberFact.Roster part)
    {
        if (part.Part == 0) (_next, _number, _parts) = (new MemberReaders(), part.Number, 0);
        if (_next is null || part.Number != _number || part.Part != _parts)
        {
            _next = null;
            return;
        }

        _parts++;
        foreach (var (reader, subscriptions) in part.Readers)
        {
            foreach (var subscription in subscriptions) _next.Add(reader, subscription);
        }

        if (!part.IsLast) return;
        _readers.Clear();
        foreach (var (reader, subscriptions) in _next._readers) _readers[reader] = subscriptions;
        _next = null;
        IsComplete = true;
    }
}
